import { L2TP_TUNNEL } from "./encapsulations.js";
import type { FrameCursor } from "./frame-cursor.js";
import { type Layer, PPP } from "./layer.js";
import { readUint16 } from "./octets.js";

// RFC 2661, section 3.1: flags and version, tunnel and session, the fields between and behind them when flagged.
const IS_CONTROL = 0x8000;
const HAS_LENGTH = 0x4000;
const HAS_SEQUENCE = 0x0800;
const HAS_OFFSET = 0x0200;
const VERSION_MASK = 0x000f;
const VERSION_2 = 2;
const LENGTH_MIN = 6;

/** PPP of L2TP's version 2 over UDP. What version 3 carries, only its control messages tell. */
export function decodeL2tp(cursor: FrameCursor): Layer {
  const { bytes, at } = cursor;
  if (!cursor.has(LENGTH_MIN)) return cursor.drop("l2tp header cut");
  const flags = readUint16(bytes, at);
  if ((flags & VERSION_MASK) !== VERSION_2) return cursor.drop("l2tp version not supported");
  if ((flags & IS_CONTROL) !== 0) return cursor.drop("l2tp control message");
  let length = LENGTH_MIN + ((flags & HAS_LENGTH) !== 0 ? 2 : 0) + ((flags & HAS_SEQUENCE) !== 0 ? 4 : 0);
  if ((flags & HAS_OFFSET) !== 0) {
    if (!cursor.has(length + 2)) return cursor.drop("l2tp header cut");
    length += 2 + readUint16(bytes, at + length);
  }
  if (!cursor.has(length)) return cursor.drop("l2tp header cut");
  // The ids of tunnel and session are those of the receiver: each direction has its own.
  cursor.enter(L2TP_TUNNEL, 0);
  cursor.at += length;
  return PPP;
}
