import type { FrameCursor } from "./frame-cursor.js";
import { type Layer, LLC } from "./layer.js";

/** Frame control and two addresses. https://www.tcpdump.org/linktypes/LINKTYPE_FDDI.html */
const FDDI_LENGTH = 13;
/** Asynchronous LLC frames, whatever their priority: ISO 9314-2, clause 7.3.3. */
const CLASS_MASK = 0xf8;
const CLASS_LLC = 0x50;

export function decodeFddi(cursor: FrameCursor): Layer {
  if (!cursor.has(FDDI_LENGTH)) return cursor.drop("fddi header cut");
  if ((cursor.bytes[cursor.at]! & CLASS_MASK) !== CLASS_LLC) return cursor.drop("fddi without llc");
  cursor.at += FDDI_LENGTH;
  return LLC;
}
