import {
  HAS_OTHER_OPTIONS,
  HAS_SACK,
  IS_BEYOND_FRAME,
  IS_CUT_IN_OPTIONS,
  IS_CUT_IN_SACK,
  IS_UNMEASURED,
  type SegmentBatch,
} from "../../decode/segment-batch.js";
import { TCP_HEADER_LENGTH_MIN } from "../../decode/tcp.js";
import { ACK, FIN, RST, SYN } from "../../tcp/flags.js";
import { elapsedNs } from "../elapsed.js";
import type { Endpoint } from "../endpoint.js";
import { type Flow, HAS_LABEL_SYN } from "../flow.js";
import { labelAck } from "./ack-labels.js";
import { beginAgain, beginFlow, beginNumbers, isFirstSegment } from "./beginnings.js";
import { bytesInFlight } from "./bytes-in-flight.js";
import { addedCompleteness } from "./completeness.js";
import {
  ACK_LOST_SEGMENT,
  KEEP_ALIVE,
  LOST_SEGMENT,
  RETRANSMISSION,
  WINDOW_FULL,
  ZERO_WINDOW,
  ZERO_WINDOW_PROBE,
} from "./label.js";
import { readLabelOptions } from "./label-options.js";
import { HAS_UNMEASURED, IS_BEFORE_FIRST_ACK, IS_FLIGHT_UNKNOWN, NEUTRALIZED } from "./label-state.js";
import { MultipathGroups } from "./multipath-groups.js";
import { isAfter } from "./raw-seq.js";
import { labelRepetition } from "./repetition-labels.js";
import { labelSteadily } from "./steady-labels.js";
import { UnackedSegments } from "./unacked-segments.js";

/**
 * Labels every segment with what tshark 4.0 says of it, copies included, and measures what tshark measures: the
 * columns `analysis`, `duplicateAckNumber`, `ackRttNs`, `bytesInFlight` and `rtoNs`, and the flow's completeness and
 * initial round-trip time. Its conditions, its order and its constants; where they mislead, `cause` knows better.
 */
export class SegmentLabeller {
  readonly #unacked = new UnackedSegments();
  readonly #groups = new MultipathGroups();

  /** To be called once for each segment, in the order of capture. */
  label(flow: Flow, batch: SegmentBatch, row: number): void {
    const isFromServer = batch.fromServer[row] === 1;
    const sender = isFromServer ? flow.server : flow.client;
    const receiver = isFromServer ? flow.client : flow.server;
    if (!labelSteadily(flow, sender, receiver, batch, row, this.#unacked))
      this.labelWhole(flow, sender, receiver, batch, row);
  }

  /** Looks at everything; `label` does so only where it must. */
  labelWhole(flow: Flow, sender: Endpoint, receiver: Endpoint, batch: SegmentBatch, row: number): void {
    if (batch.facts[row]! & IS_UNMEASURED) {
      labelUnmeasured(flow, sender, receiver, this.#groups, batch, row);
      return;
    }
    const flags = batch.flags[row]!;
    const length = lengthInFrame(batch, row);

    const isFirst = isFirstSegment(sender, receiver);
    let labels = isFirst ? beginFlow(flow, flags, length) : 0;
    if (!isFirst) flow.completeness |= addedCompleteness(flags, length);
    labels |= beginNumbers(sender, receiver, batch, row);
    sender.labelSackedBytes = 0;
    batch.duplicateAckNumber[row] = 0;
    batch.rtoNs[row] = 0;
    if (flags & ACK) receiver.labelFacts &= ~IS_FLIGHT_UNKNOWN;

    labels |= this.#judge(flow, sender, receiver, batch, row);
    this.#noteSent(sender, batch, row, labels);
    sender.labelWindowPlusOne = batch.window[row]! + 1;
    sender.labelLastAck = batch.ack[row]!;
    sender.labelLastNs = batch.timeNs[row]!;
    sender.labelOperations = this.#groups.operations(flow);
    sender.labelLast = labels;
    batch.analysis[row] = labels;
    this.#noteAcknowledged(receiver, batch, row);
    batch.bytesInFlight[row] = length === 0 ? 0 : this.#bytesInFlight(sender, receiver, flags);

    noteHandshake(flow, sender, batch, row);
    noteOptions(flow, sender, receiver, this.#groups, batch, row);
  }

  #judge(flow: Flow, sender: Endpoint, receiver: Endpoint, batch: SegmentBatch, row: number): number {
    const flags = batch.flags[row]!;
    const length = lengthInFrame(batch, row);
    const seq = batch.seq[row]!;
    const isControl = (flags & (SYN | FIN | RST)) !== 0;
    let labels: number;
    if (length === 1 && seq === sender.labelNextSeq && receiver.labelWindowPlusOne === 1) {
      labels = ZERO_WINDOW_PROBE;
    } else {
      labels = this.#labelPlace(sender, receiver, batch, row);
      if (length === 0 && !isControl)
        labels |= labelAck(this.#groups.operations(flow), sender, receiver, batch, row);
    }
    const ack = batch.ack[row]!;
    if (ack !== sender.labelLastAck) sender.labelDuplicateAcks = 0;
    if (flags & ACK && receiver.labelContiguousTo !== 0 && isAfter(ack, receiver.labelContiguousTo)) {
      labels |= labelUnseen(receiver);
    }
    if ((length > 0 || flags & (SYN | FIN)) && (labels & KEEP_ALIVE) === 0) {
      const repetition = labelRepetition(flow, sender, receiver, batch, row, length);
      if (repetition === RETRANSMISSION) {
        const oldestNs = this.#unacked.oldestNs(sender);
        batch.rtoNs[row] = elapsedNs(
          batch.timeNs[row]!,
          Number.isNaN(oldestNs) ? sender.labelNextSeqNs : oldestNs,
        );
      }
      labels |= repetition;
    }
    return labels;
  }

  /** Where the segment lies: beyond a gap, right below the next octet, at the edge of the window. */
  #labelPlace(sender: Endpoint, receiver: Endpoint, batch: SegmentBatch, row: number): number {
    const flags = batch.flags[row]!;
    const length = lengthInFrame(batch, row);
    const seq = batch.seq[row]!;
    const nextSeq = sender.labelNextSeq;
    let labels = 0;
    if (nextSeq !== 0 && isAfter(seq, nextSeq) && (flags & RST) === 0) {
      labels |= LOST_SEGMENT;
      sender.labelFacts |= IS_FLIGHT_UNKNOWN;
    }
    if (flags & (SYN | FIN | RST)) return labels;
    if (batch.window[row] === 0) labels |= ZERO_WINDOW;
    if (length <= 1 && seq === (nextSeq - 1) >>> 0) labels |= KEEP_ALIVE;
    if (length > 0 && receiver.labelScalePlusTwo !== 0 && (seq + length) >>> 0 === windowEnd(receiver)) {
      labels |= WINDOW_FULL;
    }
    return labels;
  }

  #noteSent(sender: Endpoint, batch: SegmentBatch, row: number, labels: number): void {
    const control = batch.flags[row]! & (SYN | FIN);
    const length = lengthInFrame(batch, row);
    const seq = batch.seq[row]!;
    const timeNs = batch.timeNs[row]!;
    let nextSeq = (seq + length) >>> 0;
    if (length > 0 || control !== 0) {
      const end = control === 0 ? nextSeq : (nextSeq + 1) >>> 0;
      if (this.#unacked.add(sender, seq, end, timeNs)) nextSeq = end;
    }
    // What probes a closed window is mostly not taken: it does not count as sent.
    if (labels & ZERO_WINDOW_PROBE) return;
    if (sender.labelNextSeq === 0 || isAfter(nextSeq, sender.labelNextSeq)) {
      sender.labelNextSeq = nextSeq;
      sender.labelNextSeqNs = timeNs;
    }
    if (sender.labelContiguousTo === 0 || seq === sender.labelContiguousTo) {
      sender.labelContiguousTo = sender.labelNextSeq;
    }
  }

  #noteAcknowledged(receiver: Endpoint, batch: SegmentBatch, row: number): void {
    this.#unacked.acknowledge(receiver, batch.ack[row]!);
    const sentNs = this.#unacked.acknowledgedNs;
    batch.ackRttNs[row] = Number.isNaN(sentNs) ? 0 : elapsedNs(batch.timeNs[row]!, sentNs);
  }

  #bytesInFlight(sender: Endpoint, receiver: Endpoint, flags: number): number {
    if (sender.labelFacts & IS_FLIGHT_UNKNOWN) return 0;
    const bytes = bytesInFlight(this.#unacked.span(sender), receiver.labelSackedBytes);
    return bytes > 0 && flags & (SYN | FIN) ? bytes - 1 : bytes;
  }
}

/** Of a segment whose length is unknown Wireshark takes the control bits and the options, and judges nothing. */
function labelUnmeasured(
  flow: Flow,
  sender: Endpoint,
  receiver: Endpoint,
  groups: MultipathGroups,
  batch: SegmentBatch,
  row: number,
): void {
  const flags = batch.flags[row]!;
  const isFirst = isFirstSegment(sender, receiver);
  let labels = isFirst ? beginFlow(flow, flags, 0) : 0;
  if (flags & SYN) labels |= beginAgain(sender, flags, batch.seq[row]!);
  batch.analysis[row] = labels;
  if (!isFirst) flow.completeness |= addedCompleteness(flags, 0);
  sender.labelFacts |= HAS_UNMEASURED;
  sender.labelSackedBytes = 0;
  batch.duplicateAckNumber[row] = batch.rtoNs[row] = batch.ackRttNs[row] = batch.bytesInFlight[row] = 0;
  noteHandshake(flow, sender, batch, row);
  noteOptions(flow, sender, receiver, groups, batch, row);
}

/** Octets of payload as Wireshark counts them: not beyond the frame's length. */
function lengthInFrame(batch: SegmentBatch, row: number): number {
  return batch.facts[row]! & IS_BEYOND_FRAME ? batch.payloadInFrame[row]! : batch.payloadLength[row]!;
}

/** First number beyond the window that the endpoint offered last; its first ACK's window counts unscaled. */
function windowEnd(endpoint: Endpoint): number {
  const scale = endpoint.labelScalePlusTwo - 2;
  const shift = scale <= 0 || endpoint.labelFacts & IS_BEFORE_FIRST_ACK ? 0 : scale;
  // Before anything was seen the window is 2^32 - 1, as in Wireshark.
  const window = (endpoint.labelWindowPlusOne - 1) << shift;
  return (endpoint.labelLastAck + window) >>> 0;
}

/** Octets are acknowledged that were not captured: said once for each gap. */
function labelUnseen(receiver: Endpoint): number {
  if (isAfter(receiver.labelNextSeq, receiver.labelContiguousTo)) {
    receiver.labelContiguousTo = receiver.labelNextSeq;
    return ACK_LOST_SEGMENT;
  }
  const label = receiver.labelDuplicateAcks === 0 ? ACK_LOST_SEGMENT : 0;
  receiver.labelDuplicateAcks = NEUTRALIZED;
  return label;
}

/** Completeness and the time from the latest SYN to the first ACK, which tells reordering from retransmission. */
function noteHandshake(flow: Flow, sender: Endpoint, batch: SegmentBatch, row: number): void {
  const flags = batch.flags[row]!;
  const timeNs = batch.timeNs[row]!;
  if (flags & SYN) {
    sender.labelFacts |= IS_BEFORE_FIRST_ACK;
    if (flags & ACK) return;
    flow.facts |= HAS_LABEL_SYN;
    flow.labelSynNs = timeNs;
  } else if (flags & ACK) {
    if (flow.facts & HAS_LABEL_SYN && flow.initialRttNs === 0)
      flow.initialRttNs = elapsedNs(timeNs, flow.labelSynNs);
    sender.labelFacts &= ~IS_BEFORE_FIRST_ACK;
  }
}

function noteOptions(
  flow: Flow,
  sender: Endpoint,
  receiver: Endpoint,
  groups: MultipathGroups,
  batch: SegmentBatch,
  row: number,
): void {
  const facts = batch.facts[row]!;
  if (facts & (HAS_SACK | HAS_OTHER_OPTIONS | IS_CUT_IN_SACK)) {
    const at = batch.tcpAt[row]! + TCP_HEADER_LENGTH_MIN;
    readLabelOptions(
      flow,
      sender,
      groups,
      batch.bytes,
      at,
      batch.optionsLength[row]!,
      (facts & IS_CUT_IN_SACK) !== 0,
    );
  }
  const flags = batch.flags[row]!;
  if (flags & SYN && (facts & IS_CUT_IN_OPTIONS) === 0) agreeOnScale(sender, receiver, (flags & ACK) !== 0);
}

/** RFC 7323, section 2.2: the shifts hold only when both SYNs carry one. */
function agreeOnScale(sender: Endpoint, receiver: Endpoint, isSynAck: boolean): void {
  if (sender.labelScalePlusTwo === 0) sender.labelScalePlusTwo = receiver.labelScalePlusTwo = 1;
  else if (isSynAck && receiver.labelScalePlusTwo === 1) sender.labelScalePlusTwo = 1;
}
