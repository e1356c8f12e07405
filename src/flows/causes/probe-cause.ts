import type { SegmentBatch } from "../../decode/segment-batch.js";
import { FIN, SYN } from "../../tcp/flags.js";
import type { Endpoint } from "../endpoint.js";
import { CERTAIN, causeCode, KEEPALIVE, STRONG, WEAK, WINDOW_PROBE } from "./cause.js";
import { HAS_SENT_KEEPALIVE, HAS_SENT_WINDOW_PROBE } from "./cause-state.js";
import { SHORTEST_TIMEOUT_NS } from "./round-trip.js";

/** Applications set keepalive times in whole seconds; a tenth off for timers that fire early. */
const SHORTEST_KEEPALIVE_NS = 900_000_000;

/**
 * The cause of a segment of at most one octet right below what was sent (RFC 9293, section 3.8.4): it asks a peer that
 * owes nothing whether it is there, or one with a closed window whether it has opened. 0 when it is neither: a late
 * acknowledgment, or the last octet sent again because it was not acknowledged.
 * @param originalLength octets of the segment that first sent its octet, -1 when not known
 */
export function judgeProbe(
  sender: Endpoint,
  receiver: Endpoint,
  batch: SegmentBatch,
  row: number,
  originalLength: number,
): number {
  const length = batch.payloadLength[row]!;
  if (batch.flags[row]! & (SYN | FIN)) return 0;
  if (batch.relativeSeq[row] !== nextSeqOf(sender, receiver) - 1 || receiver.segments === 0) return 0;
  if (length > 1) {
    // The octet that probed a closed window was refused; now it goes with more.
    const isRefused = receiver.ackedTo < sender.nextSeq && (sender.causeFacts & HAS_SENT_WINDOW_PROBE) !== 0;
    return isRefused ? causeCode(WINDOW_PROBE, STRONG) : 0;
  }
  const hasClosedWindow = receiver.window === 0;
  const lastNs = sender.segments > 0 ? Math.max(sender.lastNs, receiver.lastNs) : receiver.lastNs;
  const idleNs = batch.timeNs[row]! - lastNs;
  if (hasClosedWindow) {
    if (length === 1) return causeCode(WINDOW_PROBE, CERTAIN);
    return idleNs >= SHORTEST_TIMEOUT_NS ? causeCode(WINDOW_PROBE, CERTAIN) : 0;
  }
  if (length === 1 && (sender.causeFacts & HAS_SENT_WINDOW_PROBE) !== 0 && receiver.ackedTo < sender.nextSeq)
    return causeCode(WINDOW_PROBE, STRONG);
  if (receiver.ackedTo < sender.nextSeq) return 0;
  // In FIN-WAIT-2 it stands where the FIN stood, and so do the ACKs of some systems, which follow what they acknowledge.
  if (sender.finFrame > 0 && (receiver.finFrame > 0 || idleNs < SHORTEST_KEEPALIVE_NS)) return 0;
  // Where both sides probe, one may have done so right before: neither that nor its answer is use of the connection.
  const isIdle = idleNs >= SHORTEST_KEEPALIVE_NS || (receiver.causeFacts & HAS_SENT_KEEPALIVE) !== 0;
  if (isIdle) {
    // A last segment of one octet looks the same when its acknowledgment was lost behind the capture; a FIN does not.
    const isLikeLast = length === 1 && originalLength === 1 && sender.finFrame === 0;
    return causeCode(KEEPALIVE, isLikeLast ? WEAK : CERTAIN);
  }
  return length === 0 && idleNs >= SHORTEST_TIMEOUT_NS ? causeCode(KEEPALIVE, WEAK) : 0;
}

/** Where new data of `sender` begins: behind what was captured of it, or what its peer acknowledged of it besides. */
export function nextSeqOf(sender: Endpoint, receiver: Endpoint): number {
  return Math.max(sender.nextSeq, receiver.ackedTo);
}
