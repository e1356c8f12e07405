import { layerOfEthertype } from "./ethertype.js";
import type { FrameCursor } from "./frame-cursor.js";
import type { Layer } from "./layer.js";
import { readUint16 } from "./octets.js";

const TYPE_AT = 12;
export const ETHERNET_HEADER_LENGTH = 14;

/** Ethernet II, or 802.3 when the type field is a length. */
export function decodeEthernet(cursor: FrameCursor): Layer {
  if (!cursor.has(ETHERNET_HEADER_LENGTH)) return cursor.drop("ethernet header cut");
  const type = readUint16(cursor.bytes, cursor.at + TYPE_AT);
  cursor.at += ETHERNET_HEADER_LENGTH;
  return layerOfEthertype(cursor, type);
}
