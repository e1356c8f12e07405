import type { SegmentBatch } from "../../decode/segment-batch.js";
import { type Endpoint, HAS_ISN, HAS_SACK_PERMITTED } from "../endpoint.js";
import {
  CERTAIN,
  causeCode,
  FAST,
  NO_CONFIDENCE,
  STRONG,
  TAIL_LOSS_PROBE,
  TIMEOUT,
  UNKNOWN,
  WEAK,
} from "./cause.js";
import { IS_IN_FAST, IS_IN_TIMEOUT } from "./cause-state.js";
import { knewOfLoss } from "./loss-evidence.js";
import { pathRoundTripNs, SHORTEST_TIMEOUT_NS, timeoutNs } from "./round-trip.js";

/** Duplicate acknowledgments that make a sender of any age repeat a segment. RFC 5681, section 3.2. */
const DUPLICATE_THRESHOLD = 3;
/** A timer that was measured, or guessed from what the capture saw of the round trip, may differ by so much. */
const TIMER_TOLERANCE = 0.8;
/** Beyond so many timeouts a segment alone in flight was not sent by a probe timer, which never waits longer. */
const LONGEST_PROBE_TIMEOUTS = 1.6;
/** Timers may be set shorter than any default, but never below a round trip and what a clock tick adds. */
const SHORTEST_TUNED_NS = 4_000_000;

/** What is known of the segment that is repeated. */
export interface Repeated {
  /** End of what it occupies, relative. */
  end: number;
  /** When it was last sent; where the capture lacks that, when what followed it was. */
  sentNs: number;
  /** Transmissions captured before. */
  transmissions: number;
}

/** Why data or a FIN was sent again by its sender, as `causeCode`. docs/causes.md tells the conditions. */
export function judgeLoss(
  sender: Endpoint,
  receiver: Endpoint,
  batch: SegmentBatch,
  row: number,
  repeated: Repeated,
): number {
  const timeNs = batch.timeNs[row]!;
  const first = batch.relativeSeq[row]!;
  const { end, sentNs, transmissions } = repeated;
  const acked = receiver.ackedTo;
  const isAcked = end <= acked;
  const isHead = first <= acked;
  // The acknowledgment of what is repeated nevertheless did not reach the sender in time: it does not restart the timer.
  const quietNs = timeNs - (isAcked ? sentNs : Math.max(sentNs, sender.causeProgressNs));
  const timerNs = timeoutNs(sender, receiver);
  const isQuiet = quietNs >= Math.max(SHORTEST_TIMEOUT_NS, TIMER_TOLERANCE * timerNs);

  if (receiver.segments === 0) {
    // Only this direction was captured: time alone speaks.
    return quietNs >= SHORTEST_TIMEOUT_NS ? causeCode(TIMEOUT, WEAK) : causeCode(UNKNOWN, NO_CONFIDENCE);
  }
  const isSilent = receiver.lastNs < sentNs;
  if (sender.causeFacts & IS_IN_TIMEOUT && first < sender.causeRecoveryTo)
    return causeCode(TIMEOUT, isQuiet && isHead && isSilent ? CERTAIN : STRONG);

  const isInFast = (sender.causeFacts & IS_IN_FAST) !== 0 && first < sender.causeRecoveryTo;
  const knew = knewOfLoss(sender, receiver, batch, row, sentNs);
  if (knew || isInFast) {
    const hintNs = Math.max(sender.causeEvidenceNs, sender.causeProgressNs);
    // Silence after the hint for a whole timeout: it did not suffice.
    const isStale = timeNs - hintNs >= Math.max(SHORTEST_TIMEOUT_NS, TIMER_TOLERANCE * timerNs) && isQuiet;
    if (isStale && isHead) return causeCode(TIMEOUT, STRONG);
    if (knew && !isStale)
      return causeCode(FAST, sender.causeDuplicateAcks >= DUPLICATE_THRESHOLD ? CERTAIN : STRONG);
    if (isInFast && !isStale && transmissions <= 1) return causeCode(FAST, STRONG);
  }

  const isTail = end >= sender.nextSeq;
  const mayProbe = isTail && transmissions === 1 && canSack(sender, receiver);
  // A timeout repeats the oldest octet, so the newest with others before it is a probe's. RFC 8985, section 7.3.
  if (mayProbe && first > acked) return causeCode(TAIL_LOSS_PROBE, CERTAIN);
  if (isQuiet || (isSilent && quietNs >= SHORTEST_TIMEOUT_NS)) {
    // Alone in flight: both timers expire at about the same time. What comes next may tell, see `reviseProbe`.
    if (mayProbe && quietNs <= LONGEST_PROBE_TIMEOUTS * timerNs) return causeCode(TAIL_LOSS_PROBE, WEAK);
    if (!isHead) return causeCode(TIMEOUT, WEAK);
    return causeCode(TIMEOUT, isSilent && transmissions > 0 ? CERTAIN : STRONG);
  }
  const roundTripNs = pathRoundTripNs(sender, receiver);
  if (roundTripNs > 0 && quietNs >= Math.max(2 * roundTripNs, SHORTEST_TUNED_NS)) {
    if (mayProbe) return causeCode(TAIL_LOSS_PROBE, WEAK);
    if (isHead && isSilent) return causeCode(TIMEOUT, WEAK);
  }
  return causeCode(UNKNOWN, NO_CONFIDENCE);
}

/** Probes need SACK (RFC 8985, section 7.1). A handshake that was not captured may have agreed to it. */
function canSack(sender: Endpoint, receiver: Endpoint): boolean {
  const agreed = HAS_SACK_PERMITTED | HAS_ISN;
  const isRefused = (facts: number) => (facts & agreed) === HAS_ISN;
  return !isRefused(sender.facts) && !isRefused(receiver.facts);
}
