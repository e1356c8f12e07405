import type { SegmentBatch } from "../decode/segment-batch.js";
import { ACK, SYN } from "../tcp/flags.js";
import { unwrapSeq } from "../tcp/seq.js";
import { type Endpoint, HAS_BASE } from "./endpoint.js";

/**
 * How far, in octets, numbers may be from those that the other side has shown: what is on its way when the capture
 * begins, and what it lacks. Two strangers on the same addresses and ports meet within it once in four million pairs.
 */
const MAX_DISTANCE = 2 ** 20;

/**
 * Whether the segment in `row`, captured in another encapsulation than all that `heard` has sent, is of the same
 * connection, whose other side `silent` has sent nothing yet. Its numbers tell: a SYN, of which nobody's number is
 * known before, must be acknowledged exactly; in mid-stream both numbers must be near `heard`'s.
 */
export function answersElsewhere(
  batch: SegmentBatch,
  row: number,
  heard: Endpoint,
  silent: Endpoint,
): boolean {
  const flags = batch.flags[row]!;
  if (!(flags & ACK) || heard.segments === 0 || silent.segments > 0) return false;
  const acked = unwrapSeq(batch.ack[row]!, heard.base, heard.nextSeq);
  if (flags & SYN || !(silent.facts & HAS_BASE)) return acked === 1 && heard.synFrame > 0;
  const seq = unwrapSeq(batch.seq[row]!, silent.base, heard.ackedTo);
  return Math.abs(acked - heard.nextSeq) <= MAX_DISTANCE && Math.abs(seq - heard.ackedTo) <= MAX_DISTANCE;
}
