import type { FrameCursor } from "./frame-cursor.js";
import { readUint16, readUint32 } from "./octets.js";
import {
  HAS_BAD_OPTIONS,
  HAS_OTHER_OPTIONS,
  HAS_SACK,
  HAS_TIMESTAMPS,
  IS_CUT_IN_OPTIONS,
  type SegmentBatch,
} from "./segment-batch.js";
import {
  isSackLength,
  OPTION_END,
  OPTION_NOP,
  OPTION_SACK,
  OPTION_TIMESTAMPS,
  TIMESTAMPS_LENGTH,
} from "./tcp-options.js";

// RFC 9293, section 3.1.
const DESTINATION_PORT_AT = 2;
const SEQ_AT = 4;
const ACK_AT = 8;
const DATA_OFFSET_AT = 12;
const WINDOW_AT = 14;
export const TCP_HEADER_LENGTH_MIN = 20;
const FLAGS_MASK = 0x01ff;

/** No-op, no-op, timestamps, its length: how nearly every segment carries the option (RFC 7323, appendix A). */
const PADDED_TIMESTAMPS = 0x0101080a;
const PADDED_TIMESTAMPS_LENGTH = 12;

/**
 * Writes one segment to row `row`. False when the frame was counted instead: a segment needs the 20 fixed octets,
 * and a header that ends within the datagram.
 */
export function decodeTcp(cursor: FrameCursor, segments: SegmentBatch, row: number): boolean {
  const { bytes, at, end, wireEnd } = cursor;
  if (end - at < TCP_HEADER_LENGTH_MIN) {
    cursor.drop(wireEnd - at < TCP_HEADER_LENGTH_MIN ? "tcp header invalid" : "tcp header cut");
    return false;
  }
  const offsetAndFlags = readUint16(bytes, at + DATA_OFFSET_AT);
  const payloadAt = at + (offsetAndFlags >> 12) * 4;
  const optionsAt = at + TCP_HEADER_LENGTH_MIN;
  if (payloadAt < optionsAt || payloadAt > wireEnd) {
    cursor.drop("tcp header invalid");
    return false;
  }

  segments.ipAt[row] = cursor.ipAt;
  segments.tcpAt[row] = at;
  segments.sourcePort[row] = readUint16(bytes, at);
  segments.destinationPort[row] = readUint16(bytes, at + DESTINATION_PORT_AT);
  segments.seq[row] = readUint32(bytes, at + SEQ_AT);
  segments.ack[row] = readUint32(bytes, at + ACK_AT);
  segments.flags[row] = offsetAndFlags & FLAGS_MASK;
  segments.window[row] = readUint16(bytes, at + WINDOW_AT);
  segments.payloadLength[row] = wireEnd - payloadAt;
  segments.ipId[row] = cursor.ipId;
  segments.ttl[row] = cursor.ttl;
  segments.encapsulation[row] = cursor.encapsulation;

  let facts = cursor.facts;
  let optionsEnd = payloadAt;
  if (payloadAt > end) {
    optionsEnd = end;
    facts |= IS_CUT_IN_OPTIONS;
  }
  segments.payloadAt[row] = Math.min(payloadAt, end);
  segments.payloadCaptured[row] = end - segments.payloadAt[row]!;
  segments.optionsLength[row] = optionsEnd - optionsAt;
  if (
    optionsEnd - optionsAt === PADDED_TIMESTAMPS_LENGTH &&
    readUint32(bytes, optionsAt) === PADDED_TIMESTAMPS
  ) {
    facts |= HAS_TIMESTAMPS;
    writeTimestamps(bytes, optionsAt + 4, segments, row);
  } else if (optionsEnd > optionsAt)
    facts |= decodeOptions(bytes, optionsAt, optionsEnd, payloadAt, segments, row);
  segments.facts[row] = facts;
  return true;
}

/** HAS_… facts of the options from `at` to `end`, which a snaplen may have put before the header's `headerEnd`. */
function decodeOptions(
  bytes: Uint8Array,
  at: number,
  end: number,
  headerEnd: number,
  segments: SegmentBatch,
  row: number,
): number {
  let facts = 0;
  let option = at;
  while (option < end) {
    const kind = bytes[option]!;
    if (kind === OPTION_END) break;
    if (kind === OPTION_NOP) {
      option++;
      continue;
    }
    // The last octet of the header leaves no place for a length.
    if (option + 1 >= end) return end === headerEnd ? facts | HAS_BAD_OPTIONS : facts;
    const length = bytes[option + 1]!;
    if (length < 2 || option + length > headerEnd) return facts | HAS_BAD_OPTIONS;
    if (option + length > end) return facts;
    if (kind === OPTION_TIMESTAMPS && length === TIMESTAMPS_LENGTH) {
      facts |= HAS_TIMESTAMPS;
      writeTimestamps(bytes, option + 2, segments, row);
    } else if (kind === OPTION_SACK && isSackLength(length)) facts |= HAS_SACK;
    else facts |= HAS_OTHER_OPTIONS;
    option += length;
  }
  return facts;
}

function writeTimestamps(bytes: Uint8Array, at: number, segments: SegmentBatch, row: number): void {
  segments.tsval[row] = readUint32(bytes, at);
  segments.tsecr[row] = readUint32(bytes, at + 4);
}
