import type { IcmpError } from "../decode/icmp-error.js";
import type { SegmentBatch } from "../decode/segment-batch.js";
import type { RepeatLog } from "./causes/repeat-log.js";
import { RetransmissionJudge } from "./causes/retransmission-judge.js";
import { SEEN_BEFORE, SEEN_ELSEWHERE } from "./copies.js";
import { createFlowCursor, type Flow, flowLayout, IS_CLIENT_LOWER, IS_SELF_CONNECT } from "./flow.js";
import { FlowFinder } from "./flow-finder.js";
import { FlowStore } from "./flow-store.js";
import { SegmentLabeller } from "./labels/segment-labeller.js";
import { makeRelative } from "./relative-numbers.js";
import { KIND_LABELLED, KIND_PAUSED, KIND_REPEATED, PAUSE_NS, segmentKinds } from "./segment-kind.js";
import { SegmentMarker } from "./segment-marker.js";
import { SegmentTracker } from "./segment-tracker.js";
import { noteStall, STALL_NS } from "./stall.js";
import { updateSteadily } from "./steady-segment.js";
import { IS_VERSION_6 } from "./tuple-key.js";
import { FlowEvidence } from "./vantage/flow-evidence.js";

/** Called for the segments whose kinds are watched, before the flow is updated with them. */
export type SegmentWatcher = (flow: Flow, row: number, kinds: number) => void;

/**
 * Turns segments into connections: finds each segment's flow, makes sequence numbers relative, labels and judges it, and
 * keeps every flow's state. A flow ends only when its tuple is reused by another ISN; silence ends nothing.
 */
export class FlowTable {
  readonly #store: FlowStore<Flow>;
  readonly #finder: FlowFinder;
  readonly #marker = new SegmentMarker();
  readonly #tracker = new SegmentTracker();
  /** What tells of the capture: where it was taken, what it misses. */
  readonly evidence = new FlowEvidence();
  readonly #labeller = new SegmentLabeller();
  readonly #judge = new RetransmissionJudge();
  readonly #flow = createFlowCursor();

  /**
   * `firstId`: id of the first flow. `extraFields`: float64 fields that rules keep per flow. `residentBytes`: memory for
   * records, see FlowStore.
   */
  constructor(firstId = 1, extraFields = 0, residentBytes?: number) {
    this.#store = new FlowStore(firstId, flowLayout(extraFields), residentBytes);
    this.#finder = new FlowFinder(this.#store, this.#flow);
  }

  /** Flows seen so far. */
  get count(): number {
    return this.#store.count;
  }

  get firstId(): number {
    return this.#store.firstId;
  }

  /** Every segment that repeated sequence numbers, until it is drained. */
  get repeats(): RepeatLog {
    return this.#judge.log;
  }

  /** Flows in memory. */
  get inMemory(): number {
    return this.#store.kept;
  }

  /** Whether flow `id` is in memory. */
  has(id: number): boolean {
    return this.#store.has(id);
  }

  /** The flow in memory that follows `id` in order of appearance; null behind the last. */
  nextId(id: number): number | null {
    return this.#store.nextId(id);
  }

  /**
   * Forgets the flow that a cursor of the caller stands on: what comes of it later is another flow. Between batches only;
   * the cursor must be moved before it is used again.
   */
  forget(flow: Flow): void {
    this.#finder.forget(flow);
    this.#store.release(flow.id);
  }

  /** No more segments come: flows are visited once more, in the order of their ids. */
  beginEnding(): void {
    this.#store.beginEnding();
  }

  /** Moves a cursor of the caller to flow `id`. */
  seek(flow: Flow, id: number): void {
    this.#store.seek(flow, id);
  }

  /** Id of the connection that an ICMP error's quoted segment belongs to: the latest of its tuple; null if none was seen. */
  findQuoted(error: IcmpError): number | null {
    return this.#finder.findQuoted(error);
  }

  close(): void {
    this.#store.close();
  }

  /**
   * Fills the columns `flow`, `fromServer`, `relativeSeq`, `relativeAck` and those behind them of every row and updates the
   * flows. `watcher` is called for rows that are no copies and have one of `watchedKinds`. What is not marked yet is marked.
   */
  track(batch: SegmentBatch, captureId: number, watchedKinds: number, watcher: SegmentWatcher): void {
    const flow = this.#flow;
    const finder = this.#finder;
    const tracker = this.#tracker;
    this.#marker.mark(batch);
    this.evidence.distantCopies += batch.distantCopies;
    // Other cursors may have moved the record that it stands on out of memory.
    flow.id = 0;
    for (let row = 0; row < batch.length; row++) {
      const id = finder.find(batch, row, captureId);
      if (batch.isCopy[row] === SEEN_ELSEWHERE) batch.isCopy[row] = flow.otherKey9 === 0 ? 0 : SEEN_BEFORE;
      const sender = batch.tupleOrder[row]! & ~IS_VERSION_6;
      const facts = flow.facts;
      const fromServer = facts & IS_SELF_CONNECT ? 0 : sender === (facts & IS_CLIENT_LOWER) ? 0 : 1;
      batch.flow[row] = id;
      batch.fromServer[row] = fromServer;
      makeRelative(
        batch,
        row,
        fromServer === 1 ? flow.server : flow.client,
        fromServer === 1 ? flow.client : flow.server,
      );

      this.#labeller.label(flow, batch, row);

      if (batch.isCopy[row] === SEEN_BEFORE && this.#judge.isAskedFor(flow, batch, row))
        batch.isCopy[row] = 0;
      if (
        batch.isCopy[row] === 0 &&
        batch.payloadLength[row]! > 0 &&
        this.#judge.isPieceOfLarger(flow, batch, row)
      )
        batch.isCopy[row] = SEEN_BEFORE;
      if (batch.isCopy[row] === SEEN_BEFORE) {
        const endpoint = fromServer === 1 ? flow.server : flow.client;
        endpoint.copies++;
        this.evidence.noteCopy(flow, batch, row);
        tracker.noteCopy(flow, batch, row);
        this.#judge.judge(flow, batch, row);
        continue;
      }
      flow.lastCaptureId = captureId;
      this.#judge.judge(flow, batch, row);
      this.evidence.note(flow, batch, row);
      let kinds = segmentKinds(batch.flags[row]!, batch.payloadLength[row]!);
      if (batch.analysis[row] !== 0) kinds |= KIND_LABELLED;
      if (batch.cause[row] !== 0) kinds |= KIND_REPEATED;
      const silenceNs = batch.timeNs[row]! - flow.endNs;
      if (silenceNs >= PAUSE_NS) {
        kinds |= KIND_PAUSED;
        if (silenceNs >= STALL_NS) noteStall(flow, batch.timeNs[row]!);
      }
      if (kinds & watchedKinds) {
        watcher(flow, row, kinds);
      }
      flow.lastFrame = batch.frame[row]!;
      if (!updateSteadily(flow, batch, row)) tracker.update(flow, batch, row);
    }
  }
}
