import { printOptions } from "../decode/print-options.js";
import type { SegmentBatch } from "../decode/segment-batch.js";

/** RFC 9293, section 3.1. */
const TCP_FIXED_HEADER_BYTES = 20;

/** The options of a segment without timestamps, SACK edges relative like its acknowledgment number. */
export function optionText(batch: SegmentBatch, row: number): string {
  const relativeAck = batch.relativeAck[row]!;
  const receiverBase = (batch.ack[row]! - relativeAck) >>> 0;
  const at = batch.tcpAt[row]! + TCP_FIXED_HEADER_BYTES;
  return printOptions(batch.bytes, at, batch.optionsLength[row]!, true, receiverBase, relativeAck);
}
