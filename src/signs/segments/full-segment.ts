/** Octets of options that a segment has at most, and the largest segment to one that names none. RFC 9293, 3.1, 3.7.1. */
const MOST_OPTION_OCTETS = 40;
const DEFAULT_MSS = 536;

/**
 * Octets of payload from which on a segment is a full one to a receiver whose SYN had this MSS (0: none): what options take is not
 * counted by it (RFC 6691).
 */
export function leastFullOctets(mss: number): number {
  return (mss || DEFAULT_MSS) - MOST_OPTION_OCTETS;
}
