import { randomInt } from "node:crypto";
import type { IcmpError } from "../decode/icmp-error.js";
import type { SegmentBatch } from "../decode/segment-batch.js";

/**
 * A flow's identity: both addresses and ports in an order that does not depend on direction, the encapsulation and
 * the IP version. Ten words: lower address (4), higher address (4), lower port in the upper half and higher port in
 * the lower half, encapsulation and version. An IPv4 address is one word and three zeros. An IPv6 flow label is not
 * part of it: Linux changes it at every retransmission timeout.
 */
export const KEY_WORDS = 10;

/** Where the two addresses of an IP header begin and how long they are. RFC 791, section 3.1; RFC 8200, section 3. */
const IPV4_SOURCE = 12;
const IPV4_DESTINATION = 16;
const IPV6_SOURCE = 8;
const IPV6_DESTINATION = 24;

/** Returned by `readTupleKey`: the sender is the lower end, the higher, or both are one (a self-connect). */
export const SENDER_IS_LOWER = 1;
export const SENDER_IS_HIGHER = 0;
export const SENDER_IS_BOTH = 2;
/** Added to one of these in the column `tupleOrder`: the addresses are IPv6 ones. */
export const IS_VERSION_6 = 4;

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Fills `words` with the key of row `row`; says which end sent the segment. */
export function readTupleKey(batch: SegmentBatch, row: number, words: Uint32Array): 0 | 1 | 2 {
  const bytes = batch.bytes;
  const ipAt = batch.ipAt[row]!;
  const isVersion6 = bytes[ipAt]! >>> 4 === 6;
  return fillTupleKey(
    words,
    bytes,
    ipAt + (isVersion6 ? IPV6_SOURCE : IPV4_SOURCE),
    bytes,
    ipAt + (isVersion6 ? IPV6_DESTINATION : IPV4_DESTINATION),
    isVersion6,
    batch.sourcePort[row]!,
    batch.destinationPort[row]!,
    batch.encapsulation[row]!,
  );
}

/** Fills `words` with the key of the segment that an ICMP error quotes. */
export function readQuotedTupleKey(error: IcmpError, words: Uint32Array): void {
  fillTupleKey(
    words,
    error.quotedSource,
    0,
    error.quotedDestination,
    0,
    error.quotedSource.length === 16,
    error.quotedSourcePort,
    error.quotedDestinationPort,
    error.encapsulation,
  );
}

function fillTupleKey(
  words: Uint32Array,
  sourceBytes: Uint8Array,
  sourceAt: number,
  destinationBytes: Uint8Array,
  destinationAt: number,
  isVersion6: boolean,
  sourcePort: number,
  destinationPort: number,
  encapsulation: number,
): 0 | 1 | 2 {
  words[9] = encapsulation * 2 + (isVersion6 ? 1 : 0);
  let order = 0;
  if (isVersion6) {
    for (let i = 0; i < 4; i++) {
      const source = word(sourceBytes, sourceAt + i * 4);
      const destination = word(destinationBytes, destinationAt + i * 4);
      if (order === 0) order = source < destination ? -1 : source > destination ? 1 : 0;
      words[i] = source;
      words[i + 4] = destination;
    }
  } else {
    const source = word(sourceBytes, sourceAt);
    const destination = word(destinationBytes, destinationAt);
    order = source < destination ? -1 : source > destination ? 1 : 0;
    words[0] = source;
    words[4] = destination;
    words[1] = words[2] = words[3] = words[5] = words[6] = words[7] = 0;
  }
  if (order === 0) order = sourcePort < destinationPort ? -1 : sourcePort > destinationPort ? 1 : 0;

  if (order > 0) {
    for (let i = 0; i < 4; i++) {
      const source = words[i]!;
      words[i] = words[i + 4]!;
      words[i + 4] = source;
    }
    words[8] = ((destinationPort << 16) | sourcePort) >>> 0;
    return SENDER_IS_HIGHER;
  }
  words[8] = ((sourcePort << 16) | destinationPort) >>> 0;
  return order === 0 ? SENDER_IS_BOTH : SENDER_IS_LOWER;
}

/** Nobody can make a capture whose tuples all meet in one slot without knowing this. */
export const TUPLE_SEED = randomInt(2 ** 32);

/** 32-bit hash of a key, never 0; another one in every thread of every process, but for those that share a `seed`. */
export function hashTupleKey(words: Uint32Array, seed = TUPLE_SEED): number {
  let hash = seed | 0;
  // The words 1-3 and 5-7 are zero for IPv4; skipping them there saves six multiplications a segment.
  if (words[9]! & 1) {
    for (let i = 0; i < KEY_WORDS; i++) hash = Math.imul(hash ^ words[i]!, 0x9e3779b1) ^ (hash >>> 15);
  } else {
    hash = Math.imul(hash ^ words[0]!, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15) ^ words[4]!, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13) ^ words[8]!, 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 16) ^ words[9]!, 0x27d4eb2f);
  }
  hash ^= hash >>> 15;
  return hash === 0 ? 1 : hash >>> 0;
}
