/**
 * Sequence-number arithmetic modulo 2^32 (RFC 9293, section 3.4). A *raw* number is what the header
 * carries, 0 to 2^32-1; a *relative* number counts octets from the ISN (which is 0), never wraps, and is
 * exact up to 2^53.
 */

/** `a + n` modulo 2^32. */
export function seqAdd(a: number, n: number): number {
  return (a + n) >>> 0;
}

/** Signed distance from raw number `b` to raw number `a`: positive when `a` is later. -2^31 to 2^31-1. */
export function seqDiff(a: number, b: number): number {
  return (a - b) | 0;
}

/**
 * The relative number of raw number `seq` in a stream that starts at raw number `base`, taking the one of all
 * candidates 2^32 apart that is nearest to `near` (a relative number already seen).
 */
export function unwrapSeq(seq: number, base: number, near: number): number {
  return near + ((seq - base - near) | 0);
}
