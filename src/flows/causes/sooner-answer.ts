import type { SegmentBatch } from "../../decode/segment-batch.js";
import type { Endpoint } from "../endpoint.js";
import { NO_PROOF, PROOF_ACKNOWLEDGED } from "./cause.js";
import { isForLoss, MAX_ROWS, prove, type Repeat, type RepeatLog } from "./repeat-log.js";

/** By how much an answer must come sooner than any before, of the shortest round trip and at least. */
const LEAST_SHARE = 0.1;
const LEAST_NS = 1_000_000;
/** What a receiver's card or kernel puts together is sent closer, and answered once. */
const ONE_ANSWER_NS = 100_000;

/**
 * An acknowledgment from `acker.ackedTo` to `ack` answers the retransmission of the octet awaited, the head, and passes
 * over others that were sent again after it. They were needless where it came sooner than an answer to them can: the
 * receiver had their octets. So it had, if it sends no SACK blocks, of those that lie before octets that it had: each
 * hole that is filled before such is acknowledged at once (RFC 5681, section 4.2). `sender` sent the data, `acker` this
 * segment; neither is updated with it yet.
 */
export function proveBySoonerAnswer(
  log: RepeatLog,
  sender: Endpoint,
  acker: Endpoint,
  batch: SegmentBatch,
  row: number,
  captureId: number,
): void {
  const awaited = acker.ackedTo;
  const head = findHead(log, sender, awaited);
  if (head === null) return;
  const timeNs = batch.timeNs[row]!;
  const sinceHeadNs = Math.max(0, timeNs - head.timeNs);
  // It answers an earlier transmission of the head, or the path has become shorter.
  if (sinceHeadNs < sender.causeLeastRttNs) sender.causeLeastRttNs = sinceHeadNs;
  const leastNs = sender.causeLeastRttNs;
  const sinceNs = timeNs - leastNs + Math.max(LEAST_SHARE * leastNs, LEAST_NS);
  const ack = batch.relativeAck[row]!;
  const frame = batch.frame[row]!;

  let repeatedTo = head.end;
  let isSooner = false;
  for (let repeat = log.row(sender.causeRepeatNewest); repeat !== head; repeat = log.row(repeat.previous)) {
    if (repeat === null) return;
    if (repeat.seq < ack && repeat.end > repeatedTo) repeatedTo = repeat.end;
    if (!isPassedOver(repeat, awaited, ack) || repeat.timeNs <= sinceNs) continue;
    isSooner = true;
    if (repeat.proof === NO_PROOF) prove(repeat, PROOF_ACKNOWLEDGED, captureId, frame);
  }

  if (sender.causeSackedTo > 0) return;
  if (!isSooner && repeatedTo >= Math.min(ack, sender.causeRecoveryTo)) return;
  for (let repeat = log.row(sender.causeRepeatNewest); repeat !== head; repeat = log.row(repeat.previous)) {
    if (repeat === null) return;
    if (!isPassedOver(repeat, awaited, ack) || repeat.timeNs - head.timeNs < ONE_ANSWER_NS) continue;
    // It may have arrived before the head, as the last duplicate acknowledgment told.
    if (sender.causeEvidenceNs - repeat.timeNs >= leastNs) continue;
    prove(repeat, PROOF_ACKNOWLEDGED, captureId, frame);
  }
}

/** The latest retransmission of the octet that the receiver waits for. */
function findHead(log: RepeatLog, sender: Endpoint, awaited: number): Repeat | null {
  let number = sender.causeRepeatNewest;
  for (let step = 0; step < MAX_ROWS; step++) {
    const repeat = log.row(number);
    if (repeat === null) return null;
    if (repeat.seq <= awaited && repeat.end > awaited && isForLoss(repeat)) return repeat;
    number = repeat.previous;
  }
  return null;
}

function isPassedOver(repeat: Repeat, awaited: number, ack: number): boolean {
  return repeat.seq > awaited && repeat.end <= ack && isForLoss(repeat);
}
