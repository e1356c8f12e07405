import type { FrameCursor } from "./frame-cursor.js";
import { type Layer, LLC } from "./layer.js";

// IEEE 802.5, clause 3.2: access control, frame control, two addresses, then routing information.
const HEADER_LENGTH = 14;
const FRAME_CONTROL_AT = 1;
const SOURCE_AT = 8;
const TYPE_MASK = 0xc0;
const TYPE_LLC = 0x40;
/** The source's group bit says that routing information follows; its first five bits after the type are its length. */
const HAS_ROUTING = 0x80;
const ROUTING_LENGTH_MASK = 0x1f;

export function decodeTokenRing(cursor: FrameCursor): Layer {
  if (!cursor.has(HEADER_LENGTH)) return cursor.drop("token ring header cut");
  const { bytes, at } = cursor;
  if ((bytes[at + FRAME_CONTROL_AT]! & TYPE_MASK) !== TYPE_LLC) return cursor.drop("token ring without llc");
  cursor.at += HEADER_LENGTH;
  if ((bytes[at + SOURCE_AT]! & HAS_ROUTING) === 0) return LLC;
  if (!cursor.has(1)) return cursor.drop("token ring header cut");
  const routingLength = bytes[cursor.at]! & ROUTING_LENGTH_MASK;
  if (!cursor.has(routingLength)) return cursor.drop("token ring header cut");
  cursor.at += routingLength;
  return LLC;
}
