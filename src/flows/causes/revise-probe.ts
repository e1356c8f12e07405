import type { SegmentBatch } from "../../decode/segment-batch.js";
import type { Endpoint } from "../endpoint.js";
import { CERTAIN, causeCode, causeOf, TAIL_LOSS_PROBE, TIMEOUT } from "./cause.js";
import type { RepeatLog } from "./repeat-log.js";

/** A timer that backed off waits twice as long as before (RFC 6298, section 5.5), one that did not as long. */
const BACKED_OFF = 1.6;

/**
 * A segment alone in flight was repeated once, by a probe or a timeout, and now by a timeout. A probe does not back the
 * timer off (RFC 8985, section 7.3), a timeout does: the second wait tells what the first was.
 */
export function reviseProbe(log: RepeatLog, sender: Endpoint, batch: SegmentBatch, row: number): void {
  const repeat = log.row(sender.causeRepeatNewest);
  if (repeat === null || causeOf(repeat.cause) !== TAIL_LOSS_PROBE) return;
  if (repeat.seq !== batch.relativeSeq[row] || repeat.transmission !== 2) return;
  const firstWaitNs = repeat.timeNs - repeat.previousNs;
  const secondWaitNs = batch.timeNs[row]! - repeat.timeNs;
  repeat.cause = causeCode(secondWaitNs >= BACKED_OFF * firstWaitNs ? TIMEOUT : TAIL_LOSS_PROBE, CERTAIN);
}

/** A probe was sent since the peer last acknowledged something new: the next timer is the retransmission's (RFC 8985, section 7.3). */
export function hasProbed(log: RepeatLog, sender: Endpoint): boolean {
  const repeat = log.row(sender.causeRepeatNewest);
  return (
    repeat !== null && causeOf(repeat.cause) === TAIL_LOSS_PROBE && repeat.timeNs >= sender.causeProgressNs
  );
}
