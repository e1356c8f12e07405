import { HAS_TIMESTAMPS, type SegmentBatch } from "../../decode/segment-batch.js";
import { seqDiff } from "../../tcp/seq.js";
import type { Endpoint } from "../endpoint.js";
import { causeOf, NETWORK_DUPLICATE, NO_PROOF, PROOF_DSACK, PROOF_TIMESTAMPS, TIMEOUT } from "./cause.js";
import { IS_IN_TIMEOUT } from "./cause-state.js";
import { isForLoss, MAX_ROWS, prove, type Repeat, type RepeatLog } from "./repeat-log.js";

/** Largest segment where the receiver's MSS was not captured: Ethernet's. Octets. */
const USUAL_MSS = 1460;

/**
 * Eifel detection (RFC 3522): the first acknowledgment of a retransmission that echoes an older timestamp was caused by
 * the original. Only the octet that the receiver waited for may be judged: others do not change what it echoes
 * (RFC 7323, section 4.3). `sender` sent the data, `acker` this segment; neither is updated with it yet.
 */
export function proveByTimestamps(
  log: RepeatLog,
  sender: Endpoint,
  acker: Endpoint,
  batch: SegmentBatch,
  row: number,
  captureId: number,
): void {
  if ((batch.facts[row]! & HAS_TIMESTAMPS) === 0) return;
  const awaited = acker.ackedTo;
  let number = sender.causeRepeatNewest;
  let firstRepeat: Repeat | null = null;
  for (let step = 0; step < MAX_ROWS; step++) {
    const repeat = log.row(number);
    if (repeat === null) break;
    // The first retransmission's timestamp decides: an answer to any of them echoes that or a later one.
    if (repeat.seq <= awaited && repeat.end > awaited && isForLoss(repeat)) firstRepeat = repeat;
    number = repeat.previous;
  }
  if (firstRepeat === null || firstRepeat.proof !== NO_PROOF || !firstRepeat.hasDistinctTsval) return;
  if (seqDiff(batch.tsecr[row]!, firstRepeat.tsval) >= 0) return;
  prove(firstRepeat, PROOF_TIMESTAMPS, captureId, batch.frame[row]!);
  // The sender learns of it by the same echo and leaves the recovery that the timeout began (RFC 4015).
  if (causeOf(firstRepeat.cause) === TIMEOUT) sender.causeFacts &= ~IS_IN_TIMEOUT;
}

/**
 * The receiver reports octets `first` to `end` as received twice (RFC 2883): the latest repetition of them was not needed,
 * unless the same segment repeated others besides. `acker` is the receiver, who acknowledges up to `ack` with this report.
 */
export function proveByDsack(
  log: RepeatLog,
  sender: Endpoint,
  acker: Endpoint,
  first: number,
  end: number,
  ack: number,
  captureId: number,
  frame: number,
): void {
  let number = sender.causeRepeatNewest;
  for (let step = 0; step < MAX_ROWS; step++) {
    const repeat = log.row(number);
    if (repeat === null) return;
    const isWhole = first <= repeat.seq && end >= repeat.oldTo;
    // A repetition of several segments in one frame is reported segment by segment.
    const isOverlapping =
      isWhole || (repeat.seq < end && repeat.end > first && repeat.length > (acker.mss || USUAL_MSS));
    if (isOverlapping && repeat.proof === PROOF_DSACK) {
      if (!isWhole) return;
    } else if (isOverlapping) {
      // One doubled on the way explains the report, and clears the sender.
      const isDuplicate = causeOf(repeat.cause) === NETWORK_DUPLICATE;
      if (isDuplicate || isForLoss(repeat)) {
        prove(repeat, PROOF_DSACK, captureId, frame);
        if (isAllOfTimeout(sender, repeat, ack)) sender.causeFacts &= ~IS_IN_TIMEOUT;
        return;
      }
    }
    number = repeat.previous;
  }
}

/**
 * Nothing that was sent again for a timeout is left but this needless one, and it was the only one, or octets that were
 * never sent again are acknowledged, too: the sender takes the timeout back (RFC 4015; RFC 5682, section 2.1).
 */
function isAllOfTimeout(sender: Endpoint, repeat: Repeat, ack: number): boolean {
  if (causeOf(repeat.cause) !== TIMEOUT || repeat.end < sender.causeRepeatedTo) return false;
  return repeat.transmission === 2 || ack > repeat.end;
}
