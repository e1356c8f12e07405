import type { FrameCursor } from "./frame-cursor.js";
import { readUint32 } from "./octets.js";
import {
  HAS_BAD_OPTIONS,
  HAS_OTHER_OPTIONS,
  HAS_SACK,
  HAS_TIMESTAMPS,
  IS_BEYOND_FRAME,
  IS_CUT_IN_OPTIONS,
  IS_CUT_IN_SACK,
  IS_HEADER_BEYOND_FRAME,
  type SegmentBatch,
} from "./segment-batch.js";
import {
  isSackLength,
  OPTION_END,
  OPTION_NOP,
  OPTION_SACK,
  OPTION_TIMESTAMPS,
  optionLengthBytes,
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
 * Places the segment at the cursor into row `row`: where it lies and what the layers before it said. False when the
 * frame was counted instead: a segment needs the 20 fixed octets, and a header that ends within the datagram. The
 * header itself is read by `readTcpHeaders`; until then the payload columns hold the segment's lengths.
 */
export function placeTcp(cursor: FrameCursor, segments: SegmentBatch, row: number): boolean {
  const { bytes, at, end, wireEnd } = cursor;
  if (end - at < TCP_HEADER_LENGTH_MIN) {
    cursor.drop(wireEnd - at < TCP_HEADER_LENGTH_MIN ? "tcp header invalid" : "tcp header cut");
    return false;
  }
  const headerLength = (bytes[at + DATA_OFFSET_AT]! >> 4) * 4;
  if (headerLength < TCP_HEADER_LENGTH_MIN || headerLength > wireEnd - at) {
    cursor.drop("tcp header invalid");
    return false;
  }
  segments.ipAt[row] = cursor.ipAt;
  segments.tcpAt[row] = at;
  segments.payloadLength[row] = wireEnd - at;
  segments.payloadCaptured[row] = end - at;
  segments.facts[row] = cursor.facts;
  if (wireEnd > cursor.frameEnd) placeBeyondFrame(cursor.frameEnd - at - headerLength, segments, row);
  segments.ipId[row] = cursor.ipId;
  segments.ttl[row] = cursor.ttl;
  segments.encapsulation[row] = cursor.encapsulation;
  return true;
}

/** `inFrame`: octets from the end of the header to the end of the frame, less than 0 when that comes first. */
function placeBeyondFrame(inFrame: number, segments: SegmentBatch, row: number): void {
  const fact = inFrame < 0 ? IS_BEYOND_FRAME | IS_HEADER_BEYOND_FRAME : IS_BEYOND_FRAME;
  segments.facts[row] = segments.facts[row]! | fact;
  segments.payloadInFrame[row] = Math.max(0, inFrame);
}

/** Reads the headers of all placed segments; `view` is over `segments.bytes`. One loop over columns: what one segment costs is the price of the tool. */
export function readTcpHeaders(segments: SegmentBatch, view: DataView): void {
  const { length, tcpAt, sourcePort, destinationPort, seq, ack, flags, window } = segments;
  const { payloadAt, payloadLength, payloadCaptured, optionsLength, facts, tsval, tsecr } = segments;
  for (let row = 0; row < length; row++) {
    const at = tcpAt[row]!;
    const offsetAndFlags = view.getUint16(at + DATA_OFFSET_AT);
    const headerLength = (offsetAndFlags >> 12) * 4;
    const captured = payloadCaptured[row]!;
    const headerCaptured = Math.min(headerLength, captured);
    sourcePort[row] = view.getUint16(at);
    destinationPort[row] = view.getUint16(at + DESTINATION_PORT_AT);
    seq[row] = view.getUint32(at + SEQ_AT);
    ack[row] = view.getUint32(at + ACK_AT);
    flags[row] = offsetAndFlags & FLAGS_MASK;
    window[row] = view.getUint16(at + WINDOW_AT);
    payloadAt[row] = at + headerCaptured;
    payloadLength[row] = payloadLength[row]! - headerLength;
    payloadCaptured[row] = captured - headerCaptured;
    const optionsAt = at + TCP_HEADER_LENGTH_MIN;
    const present = headerCaptured - TCP_HEADER_LENGTH_MIN;
    optionsLength[row] = present;
    if (present === PADDED_TIMESTAMPS_LENGTH && view.getUint32(optionsAt) === PADDED_TIMESTAMPS) {
      tsval[row] = view.getUint32(optionsAt + 4);
      tsecr[row] = view.getUint32(optionsAt + 8);
      facts[row] = facts[row]! | HAS_TIMESTAMPS;
    } else if (headerLength > TCP_HEADER_LENGTH_MIN) readOptions(segments, row, at + headerLength);
  }
}

/** Adds the HAS_… facts of the options to a row; a snaplen may have cut them before the header's end. */
function readOptions(segments: SegmentBatch, row: number, headerEnd: number): void {
  const { bytes, facts } = segments;
  const at = segments.tcpAt[row]! + TCP_HEADER_LENGTH_MIN;
  const end = at + segments.optionsLength[row]!;
  let found = end < headerEnd ? IS_CUT_IN_OPTIONS : 0;
  let option = at;
  while (option < end && bytes[option] !== OPTION_END) {
    const kind = bytes[option]!;
    const length = optionLengthBytes(bytes, option, end);
    if (length === 0) {
      // An option that only the snaplen cut short is not malformed.
      if (isMalformed(bytes, option, end, headerEnd)) found |= HAS_BAD_OPTIONS;
      else if (kind === OPTION_SACK) found |= IS_CUT_IN_SACK;
      break;
    }
    if (kind === OPTION_TIMESTAMPS && length === TIMESTAMPS_LENGTH) {
      found |= HAS_TIMESTAMPS;
      segments.tsval[row] = readUint32(bytes, option + 2);
      segments.tsecr[row] = readUint32(bytes, option + 6);
    } else if (kind === OPTION_SACK && isSackLength(length)) found |= HAS_SACK;
    else if (kind !== OPTION_NOP) found |= HAS_OTHER_OPTIONS;
    option += length;
  }
  facts[row] = facts[row]! | found;
}

/** Tells why an option could not be read from the octets before `end`. */
function isMalformed(bytes: Uint8Array, option: number, end: number, headerEnd: number): boolean {
  if (option + 1 === end) return end === headerEnd;
  const length = bytes[option + 1]!;
  return length < 2 || option + length > headerEnd;
}
