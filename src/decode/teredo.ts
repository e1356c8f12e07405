import { TEREDO_TUNNEL } from "./encapsulations.js";
import type { FrameCursor } from "./frame-cursor.js";
import { type Layer, RAW_IP } from "./layer.js";
import { readUint16 } from "./octets.js";

// RFC 4380, section 5.1.1: both headers are optional, authentication comes first.
const AUTHENTICATION_INDICATOR = 0x0001;
const AUTHENTICATION_LENGTH_MIN = 13;
const CLIENT_ID_LENGTH_AT = 2;
const VALUE_LENGTH_AT = 3;
const ORIGIN_INDICATOR = 0x0000;
const ORIGIN_LENGTH = 8;

/** IPv6 in UDP through NATs. */
export function decodeTeredo(cursor: FrameCursor): Layer {
  const { bytes } = cursor;
  if (!cursor.has(2)) return cursor.drop("teredo header cut");
  if (readUint16(bytes, cursor.at) === AUTHENTICATION_INDICATOR) {
    if (!cursor.has(AUTHENTICATION_LENGTH_MIN)) return cursor.drop("teredo header cut");
    const variable = bytes[cursor.at + CLIENT_ID_LENGTH_AT]! + bytes[cursor.at + VALUE_LENGTH_AT]!;
    if (!cursor.has(AUTHENTICATION_LENGTH_MIN + variable + 2)) return cursor.drop("teredo header cut");
    cursor.at += AUTHENTICATION_LENGTH_MIN + variable;
  }
  if (readUint16(bytes, cursor.at) === ORIGIN_INDICATOR) {
    if (!cursor.has(ORIGIN_LENGTH)) return cursor.drop("teredo header cut");
    cursor.at += ORIGIN_LENGTH;
  }
  cursor.enter(TEREDO_TUNNEL, 0);
  return RAW_IP;
}
