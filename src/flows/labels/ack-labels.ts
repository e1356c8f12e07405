import type { SegmentBatch } from "../../decode/segment-batch.js";
import type { Endpoint } from "../endpoint.js";
import {
  DUPLICATE_ACK,
  KEEP_ALIVE,
  KEEP_ALIVE_ACK,
  WINDOW_UPDATE,
  ZERO_WINDOW_PROBE,
  ZERO_WINDOW_PROBE_ACK,
} from "./label.js";
import { NEUTRALIZED } from "./label-state.js";

/**
 * Labels of a segment without payload, SYN, FIN and RST that repeats the numbers of its sender's one before.
 * `operations`: those of Multipath TCP seen on the connection.
 */
export function labelAck(
  operations: number,
  sender: Endpoint,
  receiver: Endpoint,
  batch: SegmentBatch,
  row: number,
): number {
  if (batch.seq[row] !== sender.labelNextSeq || batch.ack[row] !== sender.labelLastAck) return 0;
  const window = batch.window[row]!;
  const isSameWindow = window + 1 === sender.labelWindowPlusOne;
  if (window === 0) {
    return isSameWindow && receiver.labelLast & ZERO_WINDOW_PROBE ? ZERO_WINDOW_PROBE_ACK : 0;
  }
  if (!isSameWindow) return WINDOW_UPDATE;
  if (receiver.labelLast & KEEP_ALIVE) return KEEP_ALIVE_ACK;
  // Multipath TCP repeats acknowledgments to carry an option (RFC 8684, section 4).
  if (operations !== sender.labelOperations) return 0;
  const number = sender.labelDuplicateAcks === NEUTRALIZED ? 1 : sender.labelDuplicateAcks + 1;
  sender.labelDuplicateAcks = number;
  batch.duplicateAckNumber[row] = number;
  return DUPLICATE_ACK;
}
