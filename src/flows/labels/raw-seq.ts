/**
 * Comparisons of raw sequence numbers, modulo 2^32 (RFC 9293, section 3.4). Numbers exactly 2^31 apart are each after
 * the other.
 */
export function isAfter(a: number, b: number): boolean {
  return ((b - a) | 0) < 0;
}

export function isAtOrBefore(a: number, b: number): boolean {
  return ((a - b) | 0) <= 0;
}
