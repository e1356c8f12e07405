import { HAS_TIMESTAMPS, type SegmentBatch } from "../../decode/segment-batch.js";
import { seqDiff } from "../../tcp/seq.js";
import { CERTAIN, NO_CONFIDENCE, STRONG, WEAK } from "./cause.js";
import { SHORTEST_TIMEOUT_NS } from "./round-trip.js";
import type { SendLog } from "./send-log.js";

/** Identifications of one connection count up; a step back of at most so many is an earlier packet. RFC 6864, section 4. */
const MAX_ID_STEP = 1024;
/** Overtaking takes no longer than this where the round trip is not known. */
const SHORT_NS = 3_000_000;
/** Longest tick of a timestamp clock in use but for BSD's of 2000. */
const LONG_TICK_NS = 20_000_000;

/**
 * Tells how surely a segment was sent before one that was captured first, so that it was overtaken and not sent again:
 * by the sender's clock, by the order of IP identifications, else by a delay that leaves no time for a round trip. What
 * came first is the segment that opened the gap it fills (`sent.follower`), or its own retransmission (`sent.latest`).
 * NO_CONFIDENCE when it was sent later. `newest` is the direction's segment that was captured last.
 */
export function lateOriginalConfidence(
  sent: SendLog,
  batch: SegmentBatch,
  row: number,
  newest: number,
  hasEvidence: boolean,
  roundTripNs: number,
): number {
  const isFirstSeen = sent.latest < 0;
  const earlier = isFirstSeen ? sent.follower : sent.latest;
  if (earlier < 0) return NO_CONFIDENCE;
  const ipId = batch.ipId[row]!;
  if (sent.hasTsval(earlier) && batch.facts[row]! & HAS_TIMESTAMPS) {
    const ticks = seqDiff(batch.tsval[row]!, sent.tsval(earlier));
    // The very identification with another time is a packet that was mangled.
    if (ticks < 0) return ipId !== 0 && ipId === sent.ipId(earlier) ? NO_CONFIDENCE : CERTAIN;
    if (ticks > 0) return NO_CONFIDENCE;
  }
  const step = identificationStep(sent, ipId, earlier);
  // What was sent before a retransmission is numbered below everything that came since.
  if (step < 0) return isFirstSeen || shortStep(ipId, sent.ipId(newest)) < 0 ? STRONG : NO_CONFIDENCE;
  if (step > 0 || !isFirstSeen || hasEvidence) return NO_CONFIDENCE;
  const delayNs = batch.timeNs[row]! - sent.timeNs(earlier);
  if (roundTripNs > 0) return delayNs < roundTripNs ? STRONG : NO_CONFIDENCE;
  return delayNs < SHORT_NS ? WEAK : NO_CONFIDENCE;
}

/** By how much an IP identification is ahead of a captured segment's; 0 where they do not count up step by step. */
function identificationStep(sent: SendLog, ipId: number, earlier: number): number {
  const before = sent.before(earlier);
  if (before < 0) return 0;
  // Some systems draw identifications at random or leave them 0.
  const usual = shortStep(sent.ipId(earlier), sent.ipId(before));
  const step = shortStep(ipId, sent.ipId(earlier));
  return usual > 0 && usual <= MAX_ID_STEP && Math.abs(step) <= MAX_ID_STEP ? step : 0;
}

/** Signed distance of two numbers of 16 bits that wrap. */
function shortStep(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}

/**
 * The very packet arrived before: the network doubled it, or the capture did after more than 2 ms. A sender gives each
 * transmission another IP identification. Without one (IPv6, or where all are equal) the sender's clock tells that it
 * had not moved on. `newest` is the direction's segment that was captured last.
 */
export function networkDuplicateConfidence(
  sent: SendLog,
  batch: SegmentBatch,
  row: number,
  end: number,
  newest: number,
  hasEvidence: boolean,
): number {
  const latest = sent.latest;
  if (latest < 0 || sent.first(latest) !== batch.relativeSeq[row]) return NO_CONFIDENCE;
  if (sent.first(latest) + sent.length(latest) !== end) return NO_CONFIDENCE;
  if (sent.ack(latest) !== batch.relativeAck[row]! >>> 0) return NO_CONFIDENCE;
  const ipId = batch.ipId[row]!;
  const tsval = batch.tsval[row]!;
  const sinceNs = batch.timeNs[row]! - sent.timeNs(latest);
  const haveTsval = sent.hasTsval(latest) && (batch.facts[row]! & HAS_TIMESTAMPS) !== 0;
  if (haveTsval && sent.tsval(latest) !== tsval) return NO_CONFIDENCE;
  // A clock of zero does not run.
  const hasClocks = haveTsval && tsval !== 0;
  if (ipId !== sent.ipId(latest)) return NO_CONFIDENCE;
  if (ipId !== 0 && !standsStill(sent, latest, newest)) {
    if (hasClocks) return CERTAIN;
    // Some systems number a retransmission like its original, but none sends it sooner than its timer.
    return Math.abs(sinceNs) < SHORTEST_TIMEOUT_NS ? STRONG : NO_CONFIDENCE;
  }
  if (!hasClocks || hasEvidence) return NO_CONFIDENCE;
  // Clocks tick every millisecond, some every ten: within a tick a quick retransmission looks the same.
  return sinceNs > LONG_TICK_NS ? STRONG : WEAK;
}

/** The sender numbers all its packets alike: an equal identification says nothing. */
function standsStill(sent: SendLog, latest: number, newest: number): boolean {
  const ipId = sent.ipId(latest);
  if (newest !== latest && sent.ipId(newest) === ipId && sent.first(newest) !== sent.first(latest))
    return true;
  const before = sent.before(latest);
  return before >= 0 && sent.ipId(before) === ipId && sent.first(before) !== sent.first(latest);
}
