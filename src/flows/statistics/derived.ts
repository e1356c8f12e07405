import { seqDiff } from "../../tcp/seq.js";
import type { Direction } from "./direction.js";
import { SENT_SCALED_WINDOW } from "./statistics-state.js";

/** Below so many samples a deviation says nothing; tcptrace prints 0 then. */
const LEAST_SAMPLES_OF_DEVIATION = 3;

/** Sample standard deviation from the sum of `samples` values and that of their squares; null below three samples. */
export function deviation(sum: number, squares: number, samples: number): number | null {
  if (samples < LEAST_SAMPLES_OF_DEVIATION) return null;
  return Math.sqrt(Math.max(0, squares - (sum * sum) / samples) / (samples - 1));
}

/**
 * Octets of the sender's whole stream by its SYN's and its FIN's number (after a RST, by where its last segment
 * ended), captured or not; null unless both were seen. Negative when these numbers contradict each other.
 */
export function streamLengthBytes(sender: Direction): number | null {
  if (sender.sentFins === 0 || sender.sentSyns === 0) return null;
  // Where what acknowledges later octets was captured before the SYN, numbers do not begin at the SYN's.
  const isn = sender.otherIsnSyns === 0 ? seqDiff(sender.firstIsn, sender.base) : 0;
  return (sender.sentRsts > 0 ? sender.latestSeq : sender.finSeq) - isn - 1;
}

/** The sender's mean window in octets, rounded down: of all its segments, or of those since windows are scaled. */
export function averageWindowBytes(sender: Direction, receiver: Direction): number {
  const isScaled = (sender.sentFacts & receiver.sentFacts & SENT_SCALED_WINDOW) !== 0;
  return Math.floor(sender.windowTotal / (isScaled ? sender.scaledSegments : sender.sentSegments));
}

/** Both have sent a FIN, or either a RST: silence behind that is none. */
export function isClosed(one: Direction, other: Direction): boolean {
  return (one.sentFins > 0 && other.sentFins > 0) || one.sentRsts > 0 || other.sentRsts > 0;
}

/**
 * The sender's longest silence in nanoseconds: between two of its segments or, while the connection is open, from its
 * last one to `endNs`, the end of the capture.
 */
export function longestIdleNs(sender: Direction, receiver: Direction, endNs: number): number {
  return isClosed(sender, receiver)
    ? sender.idleMaximumNs
    : Math.max(sender.idleMaximumNs, endNs - sender.sentLastNs);
}

/** Time of the last segment of either side that sent any, copies included; nanoseconds since the origin. */
export function lastSegmentNs(sender: Direction, receiver: Direction): number {
  if (sender.sentSegments === 0) return receiver.sentLastNs;
  if (receiver.sentSegments === 0) return sender.sentLastNs;
  return Math.max(sender.sentLastNs, receiver.sentLastNs);
}
