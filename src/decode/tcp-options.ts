import { readUint16, readUint32 } from "./octets.js";

// Kinds: https://www.iana.org/assignments/tcp-parameters
export const OPTION_END = 0;
export const OPTION_NOP = 1;
export const OPTION_MSS = 2;
export const OPTION_WINDOW_SCALE = 3;
export const OPTION_SACK_PERMITTED = 4;
export const OPTION_SACK = 5;
export const OPTION_TIMESTAMPS = 8;
export const OPTION_USER_TIMEOUT = 28;
export const OPTION_MD5 = 19;
export const OPTION_AUTHENTICATION = 29;
export const OPTION_MULTIPATH = 30;
export const OPTION_FAST_OPEN = 34;
export const OPTION_ACCURATE_ECN_0 = 172;
export const OPTION_ACCURATE_ECN_1 = 174;

/** A larger shift is used as this one. RFC 7323, section 2.3. */
export const WINDOW_SCALE_MAX = 14;

/** Octets of the options that have one length only, kind and length octet included. */
export const MSS_LENGTH = 4;
export const WINDOW_SCALE_LENGTH = 3;
export const SACK_PERMITTED_LENGTH = 2;
export const TIMESTAMPS_LENGTH = 10;
/** A SACK option of n blocks takes 2 + 8n octets (RFC 2018, section 3). */
export const SACK_LENGTH_MIN = 10;
export const SACK_BLOCK_LENGTH = 8;

/**
 * Octets of the option at `at`, its kind and length included: to walk a list, add it to `at` until `end` or
 * OPTION_END. 0 when the option is malformed or goes on past `end`: nothing after it can be read. `at < end`.
 */
export function optionLengthBytes(bytes: Uint8Array, at: number, end: number): number {
  const kind = bytes[at]!;
  if (kind === OPTION_END || kind === OPTION_NOP) return 1;
  if (at + 1 >= end) return 0;
  const length = bytes[at + 1]!;
  return length >= 2 && at + length <= end ? length : 0;
}

/** Maximum segment size in octets, 0 to 65535; null when absent. RFC 9293, section 3.7.1. */
export function readMss(bytes: Uint8Array, at: number, lengthBytes: number): number | null {
  const option = findOption(bytes, at, lengthBytes, OPTION_MSS, MSS_LENGTH);
  return option < 0 ? null : readUint16(bytes, option + 2);
}

/** Window scale shift as sent, 0 to 255 (above 14 means 14); null when absent. RFC 7323, section 2.2. */
export function readWindowScale(bytes: Uint8Array, at: number, lengthBytes: number): number | null {
  const option = findOption(bytes, at, lengthBytes, OPTION_WINDOW_SCALE, WINDOW_SCALE_LENGTH);
  return option < 0 ? null : bytes[option + 2]!;
}

/**
 * Raw left and right edges of the SACK blocks, in turn, into `edges`; returns the number of blocks written, at most
 * half of its length (4 fit into a header). RFC 2018, section 3.
 */
export function readSackBlocks(
  bytes: Uint8Array,
  at: number,
  lengthBytes: number,
  edges: Uint32Array,
): number {
  const end = at + lengthBytes;
  let blocks = 0;
  for (let option = at; option < end && bytes[option] !== OPTION_END; ) {
    const length = optionLengthBytes(bytes, option, end);
    if (length === 0) break;
    if (bytes[option] === OPTION_SACK && isSackLength(length)) {
      const optionEnd = option + length;
      for (
        let block = option + 2;
        block < optionEnd && blocks * 2 + 1 < edges.length;
        block += SACK_BLOCK_LENGTH
      ) {
        edges[blocks * 2] = readUint32(bytes, block);
        edges[blocks * 2 + 1] = readUint32(bytes, block + 4);
        blocks++;
      }
    }
    option += length;
  }
  return blocks;
}

/** True for the length of a SACK option with one or more whole blocks. */
export function isSackLength(lengthBytes: number): boolean {
  return lengthBytes >= SACK_LENGTH_MIN && (lengthBytes - 2) % SACK_BLOCK_LENGTH === 0;
}

/** Offset of the last option of that kind and length (Linux, too, lets the last one count); -1 when absent. */
function findOption(
  bytes: Uint8Array,
  at: number,
  lengthBytes: number,
  kind: number,
  wanted: number,
): number {
  const end = at + lengthBytes;
  let found = -1;
  for (let option = at; option < end && bytes[option] !== OPTION_END; ) {
    const length = optionLengthBytes(bytes, option, end);
    if (length === 0) break;
    if (bytes[option] === kind && length === wanted) found = option;
    option += length;
  }
  return found;
}
