import type { SegmentBatch } from "../../decode/segment-batch.js";
import { PSH, URG } from "../../tcp/flags.js";
import type { Direction } from "./direction.js";
import { isLinkDuplicate } from "./link-duplicates.js";
import { SENT_SCALED_WINDOW } from "./statistics-state.js";

/** Where the urgent pointer stands in a TCP header. RFC 9293, section 3.1. */
const URGENT_POINTER_AT = 18;

/** That there is a segment, when, and how far it came. */
export function notePresence(sender: Direction, batch: SegmentBatch, row: number): void {
  const timeNs = batch.timeNs[row]!;
  const ttl = batch.ttl[row]!;
  if (sender.sentSegments === 0) {
    sender.ttlMinimum = sender.ttlMaximum = ttl;
  } else {
    const idleNs = timeNs - sender.sentLastNs;
    if (idleNs > sender.idleMaximumNs) sender.idleMaximumNs = idleNs;
    if (ttl < sender.ttlMinimum) sender.ttlMinimum = ttl;
    else if (ttl > sender.ttlMaximum) sender.ttlMaximum = ttl;
  }
  sender.sentLastNs = timeNs;
  sender.sentSegments++;
  if (sender.sentFacts & SENT_SCALED_WINDOW) sender.scaledSegments++;
  sender.latestSeq = batch.relativeSeq[row]! + batch.payloadLength[row]!;
  if (isLinkDuplicate(sender, batch.seq[row]!, batch.ipId[row]!)) sender.linkDuplicates++;
}

/** How much data there is, and how it was sent. */
export function notePayload(
  sender: Direction,
  batch: SegmentBatch,
  row: number,
  payloadLength: number,
): void {
  const flags = batch.flags[row]!;
  sender.dataSegments++;
  sender.sentBytes += payloadLength;
  sender.dataLastNs = batch.timeNs[row]!;
  if (flags & PSH) sender.pushedSegments++;
  if (flags & URG) {
    const at = batch.tcpAt[row]! + URGENT_POINTER_AT;
    sender.urgentSegments++;
    sender.urgentBytes += batch.bytes[at]! * 256 + batch.bytes[at + 1]!;
  }
  if (payloadLength > sender.segmentMaximumBytes) sender.segmentMaximumBytes = payloadLength;
  if (sender.segmentMinimumBytes === 0 || payloadLength < sender.segmentMinimumBytes)
    sender.segmentMinimumBytes = payloadLength;
  const missing = payloadLength - batch.payloadCaptured[row]!;
  if (missing > 0) {
    sender.truncatedSegments++;
    sender.truncatedBytes += missing;
  }
}
