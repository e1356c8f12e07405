import type { SegmentBatch } from "../../decode/segment-batch.js";
import { ACK, SYN } from "../../tcp/flags.js";
import type { Endpoint } from "../endpoint.js";
import { type Flow, REUSES_PORTS } from "../flow.js";
import { addedCompleteness, COMPLETENESS_SYN, firstCompleteness } from "./completeness.js";
import { REUSED_PORTS } from "./label.js";
import { HAS_LABEL_BASE, HAS_UNMEASURED, IS_SPAN_KNOWN } from "./label-state.js";

/** A segment was seen of this end, or said to come from it. */
const IS_KNOWN = HAS_LABEL_BASE | HAS_UNMEASURED;

/** Nothing was labelled of the flow so far. */
export function isFirstSegment(sender: Endpoint, receiver: Endpoint): boolean {
  return ((sender.labelFacts | receiver.labelFacts) & IS_KNOWN) === 0;
}

/** A connection on ports that an earlier one used begins as if its SYN had been seen before, in Wireshark. */
export function beginFlow(flow: Flow, flags: number, length: number): number {
  if (!(flow.facts & REUSES_PORTS)) {
    flow.completeness = firstCompleteness(flags, length);
    return 0;
  }
  flow.completeness = COMPLETENESS_SYN | addedCompleteness(flags, length);
  return REUSED_PORTS;
}

/** Where each side's numbers begin. */
export function beginNumbers(sender: Endpoint, receiver: Endpoint, batch: SegmentBatch, row: number): number {
  const flags = batch.flags[row]!;
  const seq = batch.seq[row]!;
  const labels = flags & SYN ? beginAgain(sender, flags, seq) : 0;
  if (!(sender.labelFacts & HAS_LABEL_BASE)) {
    sender.labelFacts |= HAS_LABEL_BASE;
    sender.labelBase = flags & SYN ? seq : (seq - 1) >>> 0;
  }
  if (flags & ACK && !(receiver.labelFacts & HAS_LABEL_BASE)) {
    receiver.labelFacts |= HAS_LABEL_BASE;
    receiver.labelBase = (batch.ack[row]! - 1) >>> 0;
  }
  return labels;
}

/** A SYN of an end whose numbers began before: a SYN-ACK with another number begins anew on the same ports. */
export function beginAgain(sender: Endpoint, flags: number, seq: number): number {
  if (!(sender.labelFacts & HAS_LABEL_BASE)) return 0;
  if (!(flags & ACK)) {
    // A RST at the acknowledged number would hide that this SYN comes again.
    if (seq === sender.labelBase) sender.labelNextSeq = sender.labelContiguousTo;
    return 0;
  }
  if (seq === sender.labelBase) return 0;
  sender.labelBase = seq;
  sender.labelFacts &= ~IS_SPAN_KNOWN;
  return REUSED_PORTS;
}
