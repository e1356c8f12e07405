import type { SegmentBatch } from "../decode/segment-batch.js";
import { ACK, SYN } from "../tcp/flags.js";
import { seqAdd, unwrapSeq } from "../tcp/seq.js";
import { type Endpoint, HAS_BASE, HAS_CHANGED_ISN } from "./endpoint.js";

/** Gives both sides a base where the segment tells it, then counts its numbers from there. */
export function makeRelative(batch: SegmentBatch, row: number, sender: Endpoint, receiver: Endpoint): void {
  const flags = batch.flags[row]!;
  const seq = batch.seq[row]!;
  if (!(sender.facts & HAS_BASE)) {
    sender.facts |= HAS_BASE;
    // In mid-stream count as if the SYN had been seen right before, so that the first octet is 1.
    sender.base = flags & SYN ? seq : (seq - 1) >>> 0;
    sender.nextSeq = sender.contiguousTo = flags & SYN ? 0 : 1;
  } else if ((flags & (SYN | ACK)) === (SYN | ACK) && seq !== sender.base && receiver.ackedTo === 0) {
    // Another SYN-ACK with another ISN: a SYN cookie, a proxy, or a second server. What follows counts from it,
    // and its options hold, unless the peer has accepted the one before.
    sender.facts |= HAS_CHANGED_ISN;
    sender.otherIsn = sender.base;
    sender.base = seq;
    sender.nextSeq = sender.contiguousTo = 0;
    sender.synFrame = 0;
  }
  // What one side sent may be missing from the capture by gigabytes; the other side's numbers bridge that.
  batch.relativeSeq[row] = unwrapSeq(seq, sender.base, Math.max(sender.nextSeq, receiver.ackedTo));
  if (flags & ACK) {
    const ack = batch.ack[row]!;
    if (!(receiver.facts & HAS_BASE)) {
      receiver.facts |= HAS_BASE;
      receiver.base = (ack - 1) >>> 0;
      receiver.nextSeq = receiver.contiguousTo = 1;
    } else if (
      receiver.facts & HAS_CHANGED_ISN &&
      sender.ackedTo === 0 &&
      ack === seqAdd(receiver.otherIsn, 1)
    ) {
      // It had accepted the one before when the other came: two hosts may have answered one SYN.
      receiver.base = receiver.otherIsn;
    }
    batch.relativeAck[row] = unwrapSeq(ack, receiver.base, Math.max(receiver.nextSeq, sender.ackedTo));
  } else {
    batch.relativeAck[row] = 0;
  }
}
