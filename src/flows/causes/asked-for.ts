import type { SegmentBatch } from "../../decode/segment-batch.js";
import type { Endpoint } from "../endpoint.js";
import { knewOfLoss } from "./loss-evidence.js";
import type { SendLog } from "./send-log.js";

/**
 * Whether data that looks like a copy of the frame that carried it just before was sent again: the receiver has asked for it
 * since. Without an IP identification a fast retransmission is the same, and over a short way as soon.
 */
export function isAskedFor(
  sent: SendLog,
  sender: Endpoint,
  receiver: Endpoint,
  batch: SegmentBatch,
  row: number,
): boolean {
  // Mostly nothing was asked for, and the search is saved.
  if (batch.ipId[row] !== 0 || sender.causeDuplicateAcks === 0) return false;
  const first = batch.relativeSeq[row]!;
  if (receiver.ackedTo > first) return false;
  sent.find(sender.causeSentNewest, first, first + batch.payloadLength[row]!);
  return sent.latest >= 0 && knewOfLoss(sender, receiver, batch, row, sent.timeNs(sent.latest));
}
