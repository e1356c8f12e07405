import type { SegmentBatch } from "../../decode/segment-batch.js";
import { FIN, SYN } from "../../tcp/flags.js";
import { elapsedNs } from "../elapsed.js";
import type { Endpoint } from "../endpoint.js";
import type { Flow } from "../flow.js";
import { FAST_RETRANSMISSION, OUT_OF_ORDER, RETRANSMISSION, SPURIOUS_RETRANSMISSION } from "./label.js";
import { isAfter, isAtOrBefore } from "./raw-seq.js";

/** A fast retransmission follows the last duplicate ACK within this time. */
const FAST_RETRANSMISSION_WITHIN_NS = 20_000_000;
/** Without a round-trip time from the handshake, what is this late is out of order, what is later is sent again. */
const OUT_OF_ORDER_WITHIN_NS = 3_000_000;
const DUPLICATE_ACKS = 2;

/**
 * The labels of a segment that occupies numbers already passed: sent again, or overtaken; 0 when it does not. A fast
 * or spurious retransmission has the label of every retransmission, too. `length`: octets of payload.
 */
export function labelRepetition(
  flow: Flow,
  sender: Endpoint,
  receiver: Endpoint,
  batch: SegmentBatch,
  row: number,
  length: number,
): number {
  const seq = batch.seq[row]!;
  const end = (seq + length) >>> 0;
  const nextSeq = sender.labelNextSeq;
  if (length > 0 && receiver.labelLastAck !== 0 && isAtOrBefore(end, receiver.labelLastAck)) {
    return RETRANSMISSION | SPURIOUS_RETRANSMISSION;
  }
  // One number below, with more than that octet: what probed a closed window comes again, with new octets behind it.
  const continuesProbe = length > 1 && seq === (nextSeq - 1) >>> 0;
  if (nextSeq === 0 || !isAfter(nextSeq, seq) || continuesProbe) return 0;

  const timeNs = batch.timeNs[row]!;
  if (
    receiver.labelDuplicateAcks >= DUPLICATE_ACKS &&
    receiver.labelLastAck === seq &&
    isWithin(elapsedNs(timeNs, receiver.labelLastNs), FAST_RETRANSMISSION_WITHIN_NS)
  ) {
    return RETRANSMISSION | FAST_RETRANSMISSION;
  }
  const control = batch.flags[row]! & (SYN | FIN);
  const occupiedTo = control === 0 ? end : (end + 1) >>> 0;
  const threshold = flow.initialRttNs === 0 ? OUT_OF_ORDER_WITHIN_NS : flow.initialRttNs;
  if (nextSeq !== occupiedTo && isWithin(elapsedNs(timeNs, sender.labelNextSeqNs), threshold))
    return OUT_OF_ORDER;
  return RETRANSMISSION;
}

/** Wireshark takes both times for unsigned: negative ones are longer than all others, and the longer the nearer to 0. */
function isWithin(elapsedNs: number, thresholdNs: number): boolean {
  return elapsedNs < 0 === thresholdNs < 0 ? elapsedNs < thresholdNs : elapsedNs >= 0;
}
