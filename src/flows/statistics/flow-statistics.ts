import {
  HAS_OTHER_OPTIONS,
  HAS_SACK,
  HAS_TIMESTAMPS,
  type SegmentBatch,
} from "../../decode/segment-batch.js";
import { ACK, FIN, RST, SYN } from "../../tcp/flags.js";
import { FlowStore } from "../flow-store.js";
import type { Direction } from "./direction.js";
import { noteBases, noteProgress } from "./progress.js";
import { notePayload, notePresence } from "./segment-counts.js";
import { noteOptions } from "./segment-options.js";
import { SegmentPool } from "./segment-pool.js";
import { SentSegments } from "./sent-segments.js";
import { createStatisticsRecord, STATISTICS_LAYOUT, type StatisticsRecord } from "./statistics-record.js";
import {
  SENT_ACK,
  SENT_HAS_FIRST_ACK,
  SENT_IN_FLIGHT,
  SENT_STEADILY,
  SENT_WAS_ACKNOWLEDGED,
} from "./statistics-state.js";
import { noteSteadily } from "./steady-statistics.js";
import { agreeOnScale, noteWindow, scaledWindow } from "./window-statistics.js";

/** Memory for records before they go to disk: nobody asks for those of a silent flow before the end. */
const RESIDENT_BYTES = 12 * 1024 * 1024;

/** Octets that data captured before its SYN may lie above it: a window at most. RFC 7323, section 2.3. */
const FARTHEST_SHIFT = 2 ** 30;
const HAS_OPTIONS = HAS_TIMESTAMPS | HAS_SACK | HAS_OTHER_OPTIONS;

/**
 * Keeps the statistics of every flow and direction of a stream. They mean what `tcptrace -l -r` prints, where it is right;
 * a segment that the capture recorded twice counts twice, as there. Reads batches that FlowTable has filled, in
 * whichever thread, and nothing else of the flows.
 */
export class FlowStatistics {
  readonly #store: FlowStore<StatisticsRecord>;
  readonly #sent: SentSegments;
  readonly #record = createStatisticsRecord();

  /** `firstId`: id of the first flow. `residentBytes`: memory for records, see FlowStore. `pool`: for tests. */
  constructor(firstId = 1, residentBytes = RESIDENT_BYTES, pool = new SegmentPool()) {
    this.#sent = new SentSegments(pool);
    this.#store = new FlowStore(firstId, STATISTICS_LAYOUT, residentBytes);
  }

  /** Flows seen so far. */
  get count(): number {
    return this.#store.count;
  }

  get firstId(): number {
    return this.#store.firstId;
  }

  /** Takes the segments of a batch, copies included. Batches come in capture order. */
  noteBatch(batch: SegmentBatch): void {
    const store = this.#store;
    const record = this.#record;
    for (let row = 0; row < batch.length; row++) {
      const id = batch.flow[row]!;
      if (id < store.firstId + store.count) {
        store.seek(record, id);
      } else {
        // Ids are given in order of appearance: this is the flow's first segment.
        store.create(record);
        record.startNs = batch.timeNs[row]!;
      }
      const fromServer = batch.fromServer[row]!;
      const sender = fromServer === 1 ? record.server : record.client;
      const receiver = fromServer === 1 ? record.client : record.server;
      const owner = ownerOf(id, fromServer);
      if (!noteSteadily(sender, receiver, owner, this.#sent, batch, row)) {
        noteBases(sender, receiver, batch, row);
        this.#note(sender, receiver, owner, batch, row);
      }
      noteProgress(record, sender, receiver, batch, row);
    }
  }

  /** No more segments come: flows are visited once more, in the order of their ids. */
  beginEnding(): void {
    this.#store.beginEnding();
  }

  /** Whether flow `id` has been seen and not forgotten. */
  has(id: number): boolean {
    return this.#store.has(id);
  }

  /** The first flow behind `id` that was not forgotten; null when there is none. */
  nextId(id: number): number | null {
    return this.#store.nextId(id);
  }

  /** Forgets flow `id`, which must not have been forgotten: no more segments of it come. */
  forget(id: number): void {
    const record = this.#record;
    this.#store.seek(record, id);
    this.#sent.clear(record.client, ownerOf(id, 0));
    this.#sent.clear(record.server, ownerOf(id, 1));
    this.#store.release(id);
  }

  /** Moves a record of the caller to flow `id`. */
  seek(record: StatisticsRecord, id: number): void {
    this.#store.seek(record, id);
  }

  close(): void {
    this.#store.close();
  }

  #note(sender: Direction, receiver: Direction, owner: number, batch: SegmentBatch, row: number): void {
    const flags = batch.flags[row]!;
    const payloadLength = batch.payloadLength[row]!;

    notePresence(sender, batch, row);
    if (flags & (SYN | FIN | RST)) this.#noteControl(sender, receiver, owner, batch, row);
    const window = scaledWindow(sender, receiver, flags, batch.window[row]!);
    if (batch.facts[row]! & HAS_OPTIONS) noteOptions(sender, batch, row);
    if (!(flags & SYN)) agreeOnScale(sender, receiver);
    if (payloadLength > 0) notePayload(sender, batch, row, payloadLength);

    const before = this.#sent.before;
    before.lengthBytes = 0;
    before.isOutOfOrder = false;
    if (payloadLength > 0 || flags & (SYN | FIN)) this.#noteSent(sender, receiver, owner, batch, row);
    if (flags & ACK) this.#noteAck(sender, receiver, owner ^ 1, batch, row, window);
    if (flags & RST) return;

    noteWindow(sender, receiver, flags, window);
    if (window > 0 && !(flags & SYN) && sender.sentRsts === 0) sender.sentFacts |= SENT_STEADILY;
    if (flags & ACK) {
      // No segment before it went the short way: without ACK there is no window.
      if (!(flags & SYN)) noteFirstAck(sender, batch.timeNs[row]!);
      sender.lastAck = batch.relativeAck[row]!;
      sender.sentFacts |= SENT_ACK;
      if (payloadLength === 0 && !(flags & (SYN | FIN))) sender.pureAcks++;
      if ((receiver.sentSyns === 0 ? batch.ack[row]! : sender.lastAck) !== 1)
        receiver.sentFacts |= SENT_WAS_ACKNOWLEDGED;
    }
    if (before.lengthBytes === 0) {
      if (payloadLength > 0 && !(sender.sentFacts & SENT_WAS_ACKNOWLEDGED)) {
        sender.initialWindowBytes += payloadLength;
        sender.initialWindowSegments++;
      }
      if (!(flags & SYN) && !before.isOutOfOrder) noteInFlight(sender, receiver, batch, row, payloadLength);
    }
  }

  #noteControl(
    sender: Direction,
    receiver: Direction,
    owner: number,
    batch: SegmentBatch,
    row: number,
  ): void {
    const flags = batch.flags[row]!;
    if (flags & RST) sender.sentRsts++;
    if (flags & FIN) {
      sender.sentFins++;
      sender.finSeq = batch.relativeSeq[row]! + batch.payloadLength[row]!;
    }
    if (flags & (SYN | RST)) {
      sender.sentFacts &= ~SENT_STEADILY;
      receiver.sentFacts &= ~SENT_STEADILY;
    }
    if (flags & SYN) {
      if (sender.sentSyns === 0) sender.firstIsn = batch.seq[row]!;
      else if (sender.firstIsn !== batch.seq[row]) sender.otherIsnSyns++;
      sender.sentSyns++;
      // What is acknowledged begins at the SYN, again when it comes again: the next acknowledgment is no duplicate.
      receiver.lastAck = batch.relativeSeq[row]!;
      receiver.sentFacts |= SENT_ACK;
      if (sender.headBase !== sender.base) this.#changeBase(sender, owner);
    }
  }

  /** A SYN gave the sender's numbers another base than what it had sent before counts from. */
  #changeBase(sender: Direction, owner: number): void {
    const octets = (sender.headBase - sender.base) >>> 0;
    const isFirstSyn = sender.sentSyns === 1;
    // Data that was captured before its SYN. Behind another SYN it counted from another ISN, and has no number now.
    if (!isFirstSyn || octets >= FARTHEST_SHIFT) {
      this.#sent.clear(sender, owner);
      return;
    }
    this.#sent.shift(sender, owner, octets);
    if (sender.sentFins > 0) sender.finSeq += octets;
  }

  #noteSent(sender: Direction, receiver: Direction, owner: number, batch: SegmentBatch, row: number): void {
    const flags = batch.flags[row]!;
    const payloadLength = batch.payloadLength[row]!;
    if (receiver.windowLast === 0 && receiver.sentSegments > 0 && !(flags & SYN)) {
      sender.probeSegments++;
      sender.probeBytes += payloadLength;
      return;
    }
    const controls = (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
    const first = batch.relativeSeq[row]!;
    sender.headBase = sender.base;
    this.#sent.add(sender, owner, first, first + payloadLength + controls - 1, batch.timeNs[row]!);
    const { before } = this.#sent;
    let resentPayload = before.lengthBytes;
    if (before.lengthBytes > 0) {
      sender.resentSegments++;
      sender.resentBytes += before.lengthBytes;
      if (flags & SYN && sender.sentSyns > 1) resentPayload--;
      if (flags & FIN && sender.sentFins > 1) resentPayload--;
    }
    if (resentPayload < payloadLength) sender.freshBytes += payloadLength - Math.max(0, resentPayload);
    if (before.isOutOfOrder) {
      sender.outOfOrderSegments++;
      sender.reorderingBytes = Math.max(sender.reorderingBytes, sender.nextSeq - first);
    }
  }

  #noteAck(
    sender: Direction,
    receiver: Direction,
    owner: number,
    batch: SegmentBatch,
    row: number,
    window: number,
  ): void {
    const ack = batch.relativeAck[row]!;
    const rttSumNs = receiver.rttSumNs;
    const rttSamples = receiver.rttSamples;
    const canBeDuplicate =
      ack === sender.lastAck &&
      batch.payloadLength[row] === 0 &&
      window === sender.windowLast &&
      (sender.sentFacts & SENT_ACK) !== 0 &&
      (receiver.sentFacts & SENT_IN_FLIGHT) !== 0;
    sender.ackSegments++;
    this.#sent.acknowledge(receiver, owner, ack, batch.timeNs[row]!, canBeDuplicate);
    if (ack === 1 && receiver.sentSyns === 1 && receiver.rttSamples > rttSamples) {
      receiver.handshakeRttNs = receiver.rttSumNs - rttSumNs;
    }
  }
}

function noteFirstAck(sender: Direction, timeNs: number): void {
  if (sender.sentFacts & SENT_HAS_FIRST_ACK) return;
  sender.sentFacts |= SENT_HAS_FIRST_ACK;
  sender.firstAckNs = timeNs;
}

/** The number of what one direction of a flow has sent. */
function ownerOf(id: number, fromServer: number): number {
  return (id * 2 + fromServer) >>> 0;
}

function noteInFlight(
  sender: Direction,
  receiver: Direction,
  batch: SegmentBatch,
  row: number,
  payloadLength: number,
): void {
  const end = batch.relativeSeq[row]! + payloadLength;
  const isNumbered = (receiver.sentFacts & SENT_ACK) !== 0;
  if (isNumbered ? end + 1 !== receiver.lastAck : payloadLength > 0) sender.sentFacts |= SENT_IN_FLIGHT;
  if (payloadLength === 0 || end <= sender.nextSeq) return;
  const inFlightBytes = end - Math.max(1, receiver.ackedTo);
  if (inFlightBytes <= 0) return;
  if (inFlightBytes > sender.inFlightMaximumBytes) sender.inFlightMaximumBytes = inFlightBytes;
  if (sender.inFlightMinimumBytes === 0 || inFlightBytes < sender.inFlightMinimumBytes)
    sender.inFlightMinimumBytes = inFlightBytes;
}
