import { GENEVE_NETWORK } from "./encapsulations.js";
import { layerOfEthertype } from "./ethertype.js";
import type { FrameCursor } from "./frame-cursor.js";
import type { Layer } from "./layer.js";
import { readUint16, readUint24 } from "./octets.js";

// RFC 8926, section 3.4.
const GENEVE_LENGTH_MIN = 8;
const FLAGS_AT = 1;
const TYPE_AT = 2;
const NETWORK_AT = 4;
const OPTIONS_LENGTH_MASK = 0x3f;
const IS_CONTROL = 0x80;

export function decodeGeneve(cursor: FrameCursor): Layer {
  if (!cursor.has(GENEVE_LENGTH_MIN)) return cursor.drop("geneve header cut");
  const { bytes, at } = cursor;
  const versionAndLength = bytes[at]!;
  if (versionAndLength >> 6 !== 0) return cursor.drop("geneve header invalid");
  const length = GENEVE_LENGTH_MIN + (versionAndLength & OPTIONS_LENGTH_MASK) * 4;
  if (!cursor.has(length)) return cursor.drop("geneve header cut");
  if ((bytes[at + FLAGS_AT]! & IS_CONTROL) !== 0) return cursor.drop("geneve control message");
  cursor.enter(GENEVE_NETWORK, readUint24(bytes, at + NETWORK_AT));
  cursor.at += length;
  return layerOfEthertype(cursor, readUint16(bytes, at + TYPE_AT));
}
