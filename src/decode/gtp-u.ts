import { GTP_TUNNEL } from "./encapsulations.js";
import type { FrameCursor } from "./frame-cursor.js";
import { type Layer, RAW_IP } from "./layer.js";

// 3GPP TS 29.281, section 5.1.
const GTP_LENGTH_MIN = 8;
const MESSAGE_TYPE_AT = 1;
const VERSION_AND_PROTOCOL_MASK = 0xf0;
/** Version 1, protocol type GTP. */
const VERSION_1_GTP = 0x30;
/** Any of: extension header, sequence number, N-PDU number. The octets of all three are then there. */
const HAS_OPTIONAL = 0x07;
const HAS_EXTENSION = 0x04;
const OPTIONAL_LENGTH = 4;
const MESSAGE_G_PDU = 255;

/** The user plane of GTP, version 1: a user's datagram. */
export function decodeGtpU(cursor: FrameCursor): Layer {
  if (!cursor.has(GTP_LENGTH_MIN)) return cursor.drop("gtp-u header cut");
  const { bytes, at, end } = cursor;
  const flags = bytes[at]!;
  if ((flags & VERSION_AND_PROTOCOL_MASK) !== VERSION_1_GTP) return cursor.drop("gtp-u header invalid");
  if (bytes[at + MESSAGE_TYPE_AT] !== MESSAGE_G_PDU) return cursor.drop("gtp-u signalling");
  let headerEnd = at + GTP_LENGTH_MIN;
  if ((flags & HAS_OPTIONAL) !== 0) {
    headerEnd += OPTIONAL_LENGTH;
    if (headerEnd > end) return cursor.drop("gtp-u header cut");
    // Each extension begins with its length in units of 4 octets and ends with the type of the next (section 5.2).
    let hasNext = (flags & HAS_EXTENSION) !== 0 && bytes[headerEnd - 1] !== 0;
    while (hasNext) {
      if (headerEnd >= end) return cursor.drop("gtp-u header cut");
      const length = bytes[headerEnd]! * 4;
      if (length === 0) return cursor.drop("gtp-u header invalid");
      headerEnd += length;
      if (headerEnd > end) return cursor.drop("gtp-u header cut");
      hasNext = bytes[headerEnd - 1] !== 0;
    }
  }
  cursor.enter(GTP_TUNNEL, 0);
  cursor.at = headerEnd;
  return RAW_IP;
}
