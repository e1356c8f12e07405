import type { SegmentBatch } from "../decode/segment-batch.js";
import { AWAITS_ANSWER, type Flow, IS_GREETED } from "./flow.js";

/**
 * Notes whether the server spoke first, and when it answered what the client said then. Called for every segment with data, before
 * the endpoints are updated.
 */
export function noteGreeting(flow: Flow, batch: SegmentBatch, row: number): void {
  const { client, server, facts } = flow;
  if (batch.fromServer[row] === 0) {
    if (client.firstDataFrame === 0 && facts & IS_GREETED) flow.facts |= AWAITS_ANSWER;
    return;
  }
  const relativeSeq = batch.relativeSeq[row]!;
  const relativeAck = batch.relativeAck[row]!;
  if (server.firstDataFrame === 0) {
    // What acknowledges data, or stands behind some, is not the first that was said, though the capture lacks that.
    if (client.firstDataFrame === 0 && relativeSeq === 1 && relativeAck === 1) flow.facts |= IS_GREETED;
    return;
  }
  if (!(facts & AWAITS_ANSWER) || relativeSeq < server.nextSeq) return;
  flow.facts &= ~AWAITS_ANSWER;
  // What the server sent before it had the client's data answers nothing.
  if (relativeAck >= client.nextSeq) flow.greetedAnswerNs = batch.timeNs[row]!;
}
