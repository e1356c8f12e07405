/** What tells of one direction where the capture was taken and what it misses. Written by flow-evidence.ts. */
export interface VantageState {
  /** Shortest time from a segment of the peer to this side's acknowledgment of it, nanoseconds. Valid with `ackSamples`. */
  quickestAckNs: number;
  /** Octets that were captured only after the peer's acknowledgment of them: order of the capture, no loss. */
  lateBytes: number;
  /** Relative sequence number of its first captured segment, 0 for a SYN; at most 2^32 - 1. */
  capturedFrom: number;
  /** Relative bounds, modulo 2^32, of the latest octets that the peer acknowledged before they were captured. */
  unseenFrom: number;
  unseenTo: number;
  /** Acknowledgments that `quickestAckNs` is the minimum of. */
  ackSamples: number;
  /** Segments with more payload than the receiver's MSS. */
  oversizedSegments: number;
  /** Counts of checksums looked at, among the first segments: 8 bits each for valid and unfilled ones. */
  validChecksums: number;
  unfilledChecksums: number;
  /** Packet type of its first segment plus one, as a cooked capture has it: SLL's in the low 8 bits, SLL2's above. */
  packetTypes: number;
}

export const VANTAGE_FLOAT64_FIELDS = [
  "lateBytes",
  "quickestAckNs",
] as const satisfies readonly (keyof VantageState)[];

export const VANTAGE_UINT32_FIELDS = [
  "ackSamples",
  "oversizedSegments",
  "capturedFrom",
  "unseenFrom",
  "unseenTo",
  "validChecksums",
  "unfilledChecksums",
  "packetTypes",
] as const satisfies readonly (keyof VantageState)[];
