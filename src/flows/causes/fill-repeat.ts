import { HAS_TIMESTAMPS, type SegmentBatch } from "../../decode/segment-batch.js";
import type { Endpoint } from "../endpoint.js";
import type { Flow } from "../flow.js";
import type { Repeat } from "./repeat-log.js";
import type { SendLog } from "./send-log.js";

/**
 * Fills `repeat`, a new one, with what is known of the repetition in `row`, which is judged and ends before `end`. `sent` holds
 * what was found of the earlier transmissions.
 */
export function fillRepeat(
  repeat: Repeat,
  sent: SendLog,
  flow: Flow,
  sender: Endpoint,
  batch: SegmentBatch,
  row: number,
  end: number,
): void {
  const timeNs = batch.timeNs[row]!;
  const hasSequence = end > batch.relativeSeq[row]!;
  const original = hasSequence ? sent.original : -1;
  repeat.flowId = flow.id;
  repeat.fromServer = batch.fromServer[row]!;
  repeat.captureId = flow.lastCaptureId;
  repeat.frame = batch.frame[row]!;
  repeat.timeNs = timeNs;
  repeat.seq = batch.relativeSeq[row]!;
  repeat.length = batch.payloadLength[row]!;
  repeat.end = end;
  repeat.oldTo = Math.min(end, sender.nextSeq);
  repeat.bytesBehind = Math.max(0, sender.nextSeq - end);
  repeat.cause = batch.cause[row]!;
  repeat.analysis = batch.analysis[row]!;
  repeat.transmission = original >= 0 ? sent.transmissions + 1 : 0;
  repeat.originalCaptureId = original >= 0 ? sent.captureId(original) : 0;
  repeat.originalFrame = original >= 0 ? sent.frame(original) : 0;
  repeat.originalNs = original >= 0 ? sent.timeNs(original) : timeNs;
  repeat.previousNs = original >= 0 ? sent.timeNs(sent.latest) : timeNs;
  repeat.tsval = batch.tsval[row]!;
  repeat.hasDistinctTsval =
    (batch.facts[row]! & HAS_TIMESTAMPS) !== 0 &&
    original >= 0 &&
    sent.hasTsval(original) &&
    sent.tsval(original) !== batch.tsval[row];
}
