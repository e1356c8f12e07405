import { HAS_TIMESTAMPS, type SegmentBatch } from "../../decode/segment-batch.js";
import { seqDiff } from "../../tcp/seq.js";
import { isAcknowledged } from "../acknowledged.js";
import { type Endpoint, HAS_SYN_TIMESTAMPS } from "../endpoint.js";
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
import {
  HAS_EVIDENCE,
  HAS_EVIDENCE_TSVAL,
  IS_IN_FAST,
  IS_IN_TIMEOUT,
  IS_WEAK_TIMEOUT,
  WAS_IN_FAST,
} from "./cause-state.js";
import { knewOfLoss } from "./loss-evidence.js";
import { maySack } from "./may-sack.js";
import { pathRoundTripNs, SHORTEST_TIMEOUT_NS, timeoutNs } from "./round-trip.js";

/** Duplicate acknowledgments that make a sender of any age repeat a segment. RFC 5681, section 3.2. */
const DUPLICATE_THRESHOLD = 3;
/** A timer that was measured, or guessed from what the capture saw of the round trip, may differ by so much. */
const TIMER_TOLERANCE = 0.8;
/** Beyond so many timeouts a segment alone in flight was not sent by a probe timer, which never waits longer. */
const LONGEST_PROBE_TIMEOUTS = 1.6;
/** Timers may be set shorter than any default, but never below a round trip and what a clock tick adds. */
const SHORTEST_TUNED_NS = 4_000_000;

/** No probe timer is shorter (Linux: two ticks); where the round trip is not known, the least of other systems. */
const SHORTEST_PROBE_NS = 2_000_000;
const LONG_PROBE_NS = 10_000_000;
/** Probes wait two round trips as their sender measured it; the capture may have measured a longer one. */
const PROBE_ROUND_TRIPS = 1.5;
const UNKNOWN_CODE = causeCode(UNKNOWN, NO_CONFIDENCE);

const TICK_NS = 1_000_000;
/** Ticks by which a clock may seem to run ahead because of delay. */
const CLOCK_SLACK_TICKS = 100;

/** What is known of the segment that is repeated. */
export interface Repeated {
  /** End of what it occupies, relative. */
  end: number;
  /** When it was last sent; where the capture lacks that, when what followed it was. */
  sentNs: number;
  /** Ticks of the sender's timestamp clock since then; 0 when it does not tell. */
  ticks: number;
  /** Transmissions captured before. */
  transmissions: number;
  /** A tail-loss probe was sent, and nothing new was acknowledged since. */
  hasProbed: boolean;
  /** Never captured before, and its sender had paused for a timer's time not long ago. */
  isAfterPause: boolean;
  /** Told by `judgeLoss`: the retransmission timer expired for it, so that all in flight counts as lost again. */
  isExpiry: boolean;
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
  repeated.isExpiry = false;
  const acked = receiver.ackedTo;
  const isAcked = isAcknowledged(receiver, end);
  const isHead = first <= acked;
  // The acknowledgment of what is repeated nevertheless did not reach the sender in time: it does not restart the timer.
  const quietNs = isAcked
    ? Math.max(timeNs - sentNs, senderElapsedNs(sender, batch, row, repeated.ticks))
    : timeNs - Math.max(sentNs, sender.causeProgressNs);
  const timerNs = timeoutNs(sender, receiver);
  const leastTimerNs = Math.max(SHORTEST_TIMEOUT_NS, TIMER_TOLERANCE * timerNs);
  const isQuiet = quietNs >= leastTimerNs;

  if (receiver.segments === 0) {
    // Only this direction was captured: time alone speaks.
    return quietNs >= SHORTEST_TIMEOUT_NS ? causeCode(TIMEOUT, WEAK) : UNKNOWN_CODE;
  }
  const hintNs = Math.max(sender.causeEvidenceNs, sender.causeProgressNs);
  const isSilent = hintNs <= sentNs;
  const roundTripNs = pathRoundTripNs(sender, receiver);
  const hasSack = maySack(sender, receiver);
  // Silence after the hint for a whole timeout: it did not suffice.
  const isStale = isQuiet && timeNs - hintNs >= leastTimerNs;
  // Without SACK a sender repeats the head but once in answer to duplicate ACKs, and at once (RFC 6582, section 3.2).
  const isBeyondHints =
    isQuiet && !hasSack && (transmissions > 1 || !isAnsweredAtOnce(sender, receiver, timeNs));
  repeated.isExpiry = isHead && (isStale || isBeyondHints);
  const isInTimeout = (sender.causeFacts & IS_IN_TIMEOUT) !== 0;
  if (isInTimeout && (repeated.isExpiry || first < sender.causeRecoveryTo)) {
    // What was sent again already is not sent once more before an answer can have come.
    if (transmissions > 1 && timeNs - sentNs < Math.max(SHORTEST_TUNED_NS, roundTripNs / 2))
      return UNKNOWN_CODE;
    if (repeated.isExpiry) return causeCode(TIMEOUT, isSilent ? CERTAIN : STRONG);
    return causeCode(TIMEOUT, sender.causeFacts & IS_WEAK_TIMEOUT ? WEAK : STRONG);
  }

  const isInFast = (sender.causeFacts & IS_IN_FAST) !== 0;
  const knew = knewOfLoss(sender, receiver, batch, row, sentNs);
  if (knew || isInFast) {
    if (repeated.isExpiry) return causeCode(TIMEOUT, STRONG);
    if (knew && !isStale)
      return judgeHint(
        sender,
        receiver,
        timeNs,
        first,
        transmissions,
        isHead && quietNs >= SHORTEST_TIMEOUT_NS,
      );
    if (isInFast && !isStale && transmissions <= 1) {
      // Nobody reported what lies beyond the last SACK as missing.
      return causeCode(FAST, isHead || first < sender.causeSackedTo ? STRONG : WEAK);
    }
  }

  if (isAcked && !isQuiet && knewBefore(sender, batch, row, roundTripNs)) return causeCode(FAST, WEAK);

  const isTail = end >= sender.nextSeq;
  const mayProbe = isTail && transmissions === 1 && !repeated.hasProbed && hasSack;
  // A timeout repeats the oldest octet, so the newest with others before it is a probe's. RFC 8985, section 7.3.
  if (mayProbe && first > acked) {
    const probe = probeConfidence(quietNs, roundTripNs);
    if (probe !== NO_CONFIDENCE) return causeCode(TAIL_LOSS_PROBE, probe);
  }
  if (isQuiet || (isSilent && quietNs >= SHORTEST_TIMEOUT_NS)) {
    // Alone in flight: both timers expire at about the same time. What comes next may tell, see `reviseProbe`.
    if (mayProbe && quietNs <= LONGEST_PROBE_TIMEOUTS * timerNs) return causeCode(TAIL_LOSS_PROBE, WEAK);
    if (!isHead) return causeCode(TIMEOUT, WEAK);
    // The sender may know of longer round trips than the capture, and so of longer probe timers.
    return causeCode(TIMEOUT, isSilent && transmissions > 0 && !mayProbe ? CERTAIN : STRONG);
  }
  if (roundTripNs > 0 && quietNs >= Math.max(2 * roundTripNs, SHORTEST_TUNED_NS)) {
    if (mayProbe) return causeCode(TAIL_LOSS_PROBE, WEAK);
    if (isHead && isSilent) return causeCode(TIMEOUT, WEAK);
  }
  // What was lost before the capture, or sent during a recovery, may belong to one that seemed to be over.
  if (sender.causeFacts & WAS_IN_FAST && sender.causeDuplicateAcks > 0) return causeCode(FAST, WEAK);
  // Told of a gap that it had not heard of, a sender who had paused repeats for its timer.
  const isTold = sender.causeDuplicateAcks > 0 && sender.causeEvidenceNs >= sentNs;
  if (repeated.isAfterPause && isTold && isUnheard(sender, batch, row)) return causeCode(TIMEOUT, STRONG);
  if (isInTimeout) return causeCode(TIMEOUT, WEAK);
  return UNKNOWN_CODE;
}

/**
 * The cause of what is sent again after a hint. Three duplicate acknowledgments, or a SACK beyond it, suffice for a fast
 * retransmission; fewer do for young senders (RFC 5827), who send it at once. Senders who wait have waited for a timer.
 */
function judgeHint(
  sender: Endpoint,
  receiver: Endpoint,
  timeNs: number,
  first: number,
  transmissions: number,
  mayBeTimer: boolean,
): number {
  const isEnough = sender.causeDuplicateAcks >= DUPLICATE_THRESHOLD;
  // Where the original was lost before the capture, so may have been a timeout: slow start fills gaps in the same way.
  if (isEnough) return causeCode(FAST, transmissions > 0 ? CERTAIN : STRONG);
  if (isAnsweredAtOnce(sender, receiver, timeNs) || sender.causeSackedTo > first)
    return causeCode(FAST, STRONG);
  return causeCode(mayBeTimer ? TIMEOUT : FAST, WEAK);
}

/** The latest hint came as shortly before as the sender takes to answer, seen from the capture. */
function isAnsweredAtOnce(sender: Endpoint, receiver: Endpoint, timeNs: number): boolean {
  return timeNs - sender.causeEvidenceNs <= 2 * receiver.causeSrttNs + SHORTEST_TUNED_NS;
}

/** How surely a probe's timer, of two round trips (RFC 8985, section 7.2), had time to expire since `quietNs`. */
function probeConfidence(quietNs: number, roundTripNs: number): number {
  if (roundTripNs === 0) return quietNs >= LONG_PROBE_NS ? STRONG : NO_CONFIDENCE;
  if (quietNs < Math.max(roundTripNs, SHORTEST_PROBE_NS)) return NO_CONFIDENCE;
  return quietNs >= PROBE_ROUND_TRIPS * roundTripNs ? CERTAIN : STRONG;
}

/**
 * What the sender's timestamp clock says went by, taken to tick every millisecond as nearly all do; slower clocks tell
 * too little, which does no harm. 0 where it runs faster. Shows waits that a stalled path hid from the capture.
 */
function senderElapsedNs(sender: Endpoint, batch: SegmentBatch, row: number, ticks: number): number {
  if (ticks <= 0 || (sender.facts & HAS_SYN_TIMESTAMPS) === 0) return 0;
  const aliveMs = (batch.timeNs[row]! - sender.synNs) / TICK_NS;
  const isFaster = seqDiff(batch.tsval[row]!, sender.synTsval) > 2 * aliveMs + CLOCK_SLACK_TICKS;
  return isFaster ? 0 : ticks * TICK_NS;
}

/**
 * All is acknowledged, but shortly before the peer had told of a loss, and nothing shows that the sender had not heard it:
 * the original was only late.
 */
function knewBefore(sender: Endpoint, batch: SegmentBatch, row: number, roundTripNs: number): boolean {
  if ((sender.causeFacts & HAS_EVIDENCE) === 0) return false;
  if (batch.timeNs[row]! - sender.causeEvidenceNs > 2 * roundTripNs + SHORTEST_TUNED_NS) return false;
  return !isUnheard(sender, batch, row);
}

/** What the segment echoes is older than the first hint of the latest series. RFC 7323, section 4.3. */
function isUnheard(sender: Endpoint, batch: SegmentBatch, row: number): boolean {
  if ((sender.causeFacts & HAS_EVIDENCE_TSVAL) === 0 || (batch.facts[row]! & HAS_TIMESTAMPS) === 0)
    return false;
  return seqDiff(batch.tsecr[row]!, sender.causeEvidenceTsval) < 0;
}
