import type { SegmentBatch } from "../../decode/segment-batch.js";
import type { Endpoint } from "../endpoint.js";
import { CERTAIN, causeCode, causeOf, TAIL_LOSS_PROBE, TIMEOUT, WEAK } from "./cause.js";
import type { RepeatLog } from "./repeat-log.js";
import { SHORTEST_TIMEOUT_NS } from "./round-trip.js";

/** A timer that backed off waits twice as long as before (RFC 6298, section 5.5). */
const LEAST_BACKED_OFF = 1.6;
const MOST_BACKED_OFF = 2.6;

/**
 * A segment alone in flight was repeated once, by a probe or a timeout, and now by a timeout. A probe does not back the
 * timer off (RFC 8985, section 7.3), a timeout does: the second wait tells what the first was, unless the first was too
 * short for any default timer.
 */
export function reviseProbe(log: RepeatLog, sender: Endpoint, batch: SegmentBatch, row: number): void {
  const repeat = log.row(sender.causeRepeatNewest);
  if (repeat === null || repeat.cause !== causeCode(TAIL_LOSS_PROBE, WEAK)) return;
  if (repeat.seq !== batch.relativeSeq[row] || repeat.transmission !== 2) return;
  const firstWaitNs = repeat.timeNs - repeat.previousNs;
  const secondWaitNs = batch.timeNs[row]! - repeat.timeNs;
  const isBackedOff =
    secondWaitNs >= LEAST_BACKED_OFF * firstWaitNs && secondWaitNs <= MOST_BACKED_OFF * firstWaitNs;
  if (isBackedOff && firstWaitNs < SHORTEST_TIMEOUT_NS) return;
  repeat.cause = causeCode(isBackedOff ? TIMEOUT : TAIL_LOSS_PROBE, CERTAIN);
}

/** A probe was sent since the peer last acknowledged something new: the next timer is the retransmission's (RFC 8985, section 7.3). */
export function hasProbed(log: RepeatLog, sender: Endpoint): boolean {
  const repeat = log.row(sender.causeRepeatNewest);
  return (
    repeat !== null && causeOf(repeat.cause) === TAIL_LOSS_PROBE && repeat.timeNs >= sender.causeProgressNs
  );
}
