import {
  IS_BEYOND_FRAME,
  IS_CUT_IN_OPTIONS,
  IS_FIRST_FRAGMENT,
  IS_LENGTH_FROM_FRAME,
  type SegmentBatch,
} from "./segment-batch.js";

/** IANA protocol number of TCP. */
const TCP_PROTOCOL = 6;
/** Offset of the checksum in the TCP header. RFC 9293, section 3.1. */
const CHECKSUM_AT = 16;
/** Longer segments are not summed: the few that are looked at must cost nothing. Octets of header and payload. */
const LONGEST_SUMMED_BYTES = 2048;

/** The length, which the sum covers, may not be that of the segment when it was sent. */
const IS_OF_UNSURE_LENGTH = IS_LENGTH_FROM_FRAME | IS_BEYOND_FRAME;

/** What `judgeChecksum` says. */
export const CHECKSUM_UNKNOWN = 0;
export const CHECKSUM_VALID = 1;
/**
 * The sender left it to its network card: the field holds nothing, or the pseudo-header's sum alone, as Linux leaves it
 * (tcp_v4_send_check, CHECKSUM_PARTIAL). Such a segment has not been on a wire.
 */
export const CHECKSUM_UNFILLED = 2;
/** Neither of them, and all octets are there: a receiver that checks drops the segment, unless the capture was changed since. */
export const CHECKSUM_WRONG = 3;

/** Judges the checksum of row `row`, RFC 9293 section 3.1; unknown where the octets are not all there. */
export function judgeChecksum(batch: SegmentBatch, row: number): 0 | 1 | 2 | 3 {
  const { bytes } = batch;
  const ipAt = batch.ipAt[row]!;
  const tcpAt = batch.tcpAt[row]!;
  const payloadLength = batch.payloadLength[row]!;
  const headerLength = batch.payloadAt[row]! - tcpAt;
  if (batch.facts[row]! & IS_FIRST_FRAGMENT || headerLength < 20) return CHECKSUM_UNKNOWN;
  const length = headerLength + payloadLength;
  const isVersion6 = bytes[ipAt]! >>> 4 === 6;
  const addressesAt = ipAt + (isVersion6 ? 8 : 12);
  let sum = TCP_PROTOCOL + (length >>> 16) + (length & 0xffff);
  sum += sumWords(bytes, addressesAt, isVersion6 ? 32 : 8);
  const field = (bytes[tcpAt + CHECKSUM_AT]! << 8) | bytes[tcpAt + CHECKSUM_AT + 1]!;
  const pseudoSum = fold(sum);
  if (field === pseudoSum) return CHECKSUM_UNFILLED;
  const isWhole = batch.payloadCaptured[row] === payloadLength && !(batch.facts[row]! & IS_CUT_IN_OPTIONS);
  if (!isWhole || length > LONGEST_SUMMED_BYTES) return CHECKSUM_UNKNOWN;
  if (fold(sum + sumWords(bytes, tcpAt, length)) === 0xffff) return CHECKSUM_VALID;
  if (field === 0) return CHECKSUM_UNFILLED;
  if (batch.facts[row]! & IS_OF_UNSURE_LENGTH) return CHECKSUM_UNKNOWN;
  // Cards that cut segments themselves want the sum without the length (NDIS, large send offload).
  return field === fold(sum - length) ? CHECKSUM_UNKNOWN : CHECKSUM_WRONG;
}

/** Where words are read from, for the octets that were asked for last. */
let view: DataView = new DataView(new ArrayBuffer(0));
let viewed: Uint8Array | null = null;

/** Sum of `length` octets as big-endian words, a last odd octet padded: four words at a time, RFC 1071 section 2. */
function sumWords(bytes: Uint8Array, at: number, length: number): number {
  if (viewed !== bytes) {
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    viewed = bytes;
  }
  const end = at + length;
  let higher = 0;
  let lower = 0;
  let i = at;
  for (; i + 8 <= end; i += 8) {
    const first = view.getUint32(i);
    const second = view.getUint32(i + 4);
    higher += (first >>> 16) + (second >>> 16);
    lower += (first & 0xffff) + (second & 0xffff);
  }
  for (; i + 1 < end; i += 2) lower += (bytes[i]! << 8) | bytes[i + 1]!;
  return higher + lower + (length & 1 ? bytes[end - 1]! << 8 : 0);
}

function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return folded;
}
