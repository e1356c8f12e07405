import { printOptions } from "../decode/print-options.js";
import type { SegmentBatch } from "../decode/segment-batch.js";
import { TCP_HEADER_LENGTH_MIN } from "../decode/tcp.js";

/** The options of a segment without timestamps, SACK edges relative like its acknowledgment number. */
export function optionText(batch: SegmentBatch, row: number): string {
  const relativeAck = batch.relativeAck[row]!;
  const receiverBase = (batch.ack[row]! - relativeAck) >>> 0;
  const at = batch.tcpAt[row]! + TCP_HEADER_LENGTH_MIN;
  return printOptions(batch.bytes, at, batch.optionsLength[row]!, true, receiverBase, relativeAck);
}
