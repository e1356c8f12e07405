import { HAS_TIMESTAMPS, type SegmentBatch } from "../../decode/segment-batch.js";
import { seqDiff } from "../../tcp/seq.js";
import { CERTAIN, NO_CONFIDENCE, STRONG, WEAK } from "./cause.js";
import type { SentSegments } from "./sent-segments.js";

/** Identifications of one connection count up; a step back of at most so many is an earlier packet. RFC 6864, section 4. */
const MAX_ID_STEP = 1024;
/** Overtaking takes no longer than this where the round trip is not known. */
const SHORT_NS = 3_000_000;

/**
 * A segment fills a gap in what was captured. Tells how surely it was sent before the segment that opened the gap
 * (`sent.follower`), so that it was overtaken and not sent again: by the sender's clock, by the order of IP
 * identifications, else by a delay that leaves no time for a round trip. NO_CONFIDENCE when it was sent later.
 */
export function lateOriginalConfidence(
  sent: SentSegments,
  batch: SegmentBatch,
  row: number,
  hasEvidence: boolean,
  roundTripNs: number,
): number {
  const follower = sent.follower;
  if (follower < 0 || sent.latest >= 0) return NO_CONFIDENCE;
  if (sent.hasTsval(follower) && batch.facts[row]! & HAS_TIMESTAMPS) {
    const ticks = seqDiff(batch.tsval[row]!, sent.tsval(follower));
    if (ticks < 0) return CERTAIN;
    if (ticks > 0) return NO_CONFIDENCE;
  }
  const ipId = batch.ipId[row]!;
  if (ipId !== 0 && sent.ipId(follower) !== 0) {
    const step = ((ipId - sent.ipId(follower)) << 16) >> 16;
    if (step < 0 && step >= -MAX_ID_STEP) return STRONG;
    if (step > 0 && step <= MAX_ID_STEP) return NO_CONFIDENCE;
  }
  const delayNs = batch.timeNs[row]! - sent.timeNs(follower);
  if (hasEvidence) return NO_CONFIDENCE;
  if (roundTripNs > 0) return delayNs < roundTripNs ? STRONG : NO_CONFIDENCE;
  return delayNs < SHORT_NS ? WEAK : NO_CONFIDENCE;
}

/**
 * The very packet arrived before: the network doubled it, or the capture did after more than 2 ms. A sender gives each
 * transmission another IP identification. Without one (IPv6) the sender's clock tells that it had not moved on.
 */
export function networkDuplicateConfidence(
  sent: SentSegments,
  batch: SegmentBatch,
  row: number,
  end: number,
  hasEvidence: boolean,
): number {
  const latest = sent.latest;
  if (latest < 0 || sent.first(latest) !== batch.relativeSeq[row]) return NO_CONFIDENCE;
  if (sent.first(latest) + sent.length(latest) !== end) return NO_CONFIDENCE;
  const hasClocks = sent.hasTsval(latest) && (batch.facts[row]! & HAS_TIMESTAMPS) !== 0;
  if (hasClocks && sent.tsval(latest) !== batch.tsval[row]) return NO_CONFIDENCE;
  const ipId = batch.ipId[row]!;
  if (ipId !== 0 || sent.ipId(latest) !== 0) {
    if (ipId !== sent.ipId(latest)) return NO_CONFIDENCE;
    return hasClocks ? CERTAIN : STRONG;
  }
  if (!hasClocks || hasEvidence) return NO_CONFIDENCE;
  // Clocks tick every millisecond, some every ten: within a tick a quick retransmission looks the same.
  return batch.timeNs[row]! - sent.timeNs(latest) > LONG_TICK_NS ? STRONG : WEAK;
}

/** Longest tick of a timestamp clock in use but for BSD's of 2000. */
const LONG_TICK_NS = 20_000_000;
