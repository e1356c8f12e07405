import type { SegmentBatch } from "../decode/segment-batch.js";
import { ACK, SYN } from "../tcp/flags.js";
import { unwrapSeq } from "../tcp/seq.js";
import { type Endpoint, HAS_BASE } from "./endpoint.js";

/** What a second point of capture sees of a frame, it sees sooner, nanoseconds. */
const SECOND_SIGHTING_NS = 1_000_000_000;
/**
 * How far, in octets, numbers may be from those that the other side has shown: what is on its way when the capture
 * begins, and what it lacks. Two strangers on the same addresses and ports meet within it once in four million pairs.
 */
const MAX_DISTANCE = 2 ** 20;

/**
 * Whether the segment in `row`, a copy of a frame in another encapsulation, is one of what `sender` has just sent there:
 * the same host recorded it on both sides of a tunnel's or a VLAN's interface, or a mirror port on both sides of a router.
 */
export function wasJustSentElsewhere(batch: SegmentBatch, row: number, sender: Endpoint): boolean {
  if (sender.segments === 0) return false;
  const seq = unwrapSeq(batch.seq[row]!, sender.base, sender.nextSeq);
  return Math.abs(seq - sender.nextSeq) <= MAX_DISTANCE;
}

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

/**
 * Whether the segment in `row` goes on, in another encapsulation, with what `sender` has sent: a tunnel was set up anew, a
 * route was changed. It brings something new, or comes long after what it repeats: else it may be the same frame at another
 * point of capture, where the connection is better looked at by itself.
 */
export function goesOnElsewhere(
  batch: SegmentBatch,
  row: number,
  sender: Endpoint,
  receiver: Endpoint,
): boolean {
  if (batch.flags[row]! & SYN || !(batch.flags[row]! & ACK)) return false;
  if (sender.segments === 0 || !(receiver.facts & HAS_BASE)) return false;
  const ahead = unwrapSeq(batch.seq[row]!, sender.base, sender.nextSeq) - sender.nextSeq;
  const ackedAhead = unwrapSeq(batch.ack[row]!, receiver.base, sender.ackedTo) - sender.ackedTo;
  if (Math.abs(ahead) > MAX_DISTANCE || Math.abs(ackedAhead) > MAX_DISTANCE) return false;
  const isNew = ahead === 0 && (batch.payloadLength[row]! > 0 || ackedAhead > 0);
  return isNew || batch.timeNs[row]! - sender.lastNs >= SECOND_SIGHTING_NS;
}
