import type { FrameBatch } from "../capture/frame-batch.js";
import type { LiveSource } from "../capture/live/live-source.js";
import { Decoder } from "../decode/decode.js";
import { type FileFacts, FrameTally } from "../decode/decode-series.js";
import { Encapsulations } from "../decode/encapsulations.js";
import type { FlowIcmpError } from "../engine/capture-observation.js";
import { Dispatcher } from "../engine/dispatch.js";
import type { ActiveRule } from "../engine/rule-settings.js";
import { createFlowCursor } from "../flows/flow.js";
import { LIVE_RESIDENT_BYTES } from "../flows/flow-store.js";
import { FlowTable } from "../flows/flow-table.js";
import { RpcObserver } from "../rpc/rpc-observer.js";
import { type BatchSlot, createBatchSlot } from "../segment-thread/batch-slots.js";
import { LiveRecords } from "../store/live/live-records.js";
import { RepeatRows } from "../store/repeat-rows.js";
import { ChangedFlows } from "./changed-flows.js";
import { keepHeaders } from "./keep-headers.js";

/** A live capture is one capture. */
export const CAPTURE_ID = 1;
/** ICMP errors kept for looks. A flood of them is one story. */
const MAX_ICMP_ERRORS = 10_000;

/** What comes in, as flows: decodes frames into shared memory, sorts segments into flows, wakes rules. */
export class LiveFlows {
  readonly table: FlowTable;
  readonly dispatcher: Dispatcher;
  readonly rpc = new RpcObserver();
  readonly icmpErrors: FlowIcmpError[] = [];
  /** Flows with segments since they were last taken. */
  readonly changed = new ChangedFlows();
  /** Repeated segments whose judgement is final. */
  readonly repeats = new LiveRecords();
  segments = 0;
  readonly #repeatRows = new RepeatRows(this.repeats.sink);
  readonly #source: LiveSource;
  readonly #encapsulations = new Encapsulations();
  readonly #decoder: Decoder;
  readonly #tally = new FrameTally();
  readonly #slots: BatchSlot[] = [];
  readonly #flow = createFlowCursor();

  constructor(source: LiveSource, active: readonly ActiveRule[]) {
    this.#source = source;
    this.#decoder = new Decoder(source.interfaces, this.#encapsulations);
    this.dispatcher = new Dispatcher(active);
    this.table = new FlowTable(1, this.dispatcher.extraFields, LIVE_RESIDENT_BYTES);
  }

  /** Takes the next frames; slot `index` then holds their segments, ready for another thread. */
  take(frames: FrameBatch, index: number): BatchSlot {
    const slot = this.#slots[index] ?? createBatchSlot(index, frames.capacity);
    this.#slots[index] = slot;
    const { batch } = slot;
    this.#decoder.decode(frames, batch);
    batch.captureId = CAPTURE_ID;
    const { dispatcher, table } = this;
    table.track(batch, CAPTURE_ID, dispatcher.watchedKinds, (flow, row, kinds) =>
      dispatcher.segment(batch, row, flow, kinds),
    );
    this.rpc.observe(batch, table.firstId + table.count);
    table.repeats.drain((repeat) => this.#repeatRows.append(repeat), false);
    this.#noteIcmpErrors();
    this.changed.note(batch);
    this.segments += batch.length;
    this.#tally.add(frames, batch.length, this.#decoder.icmpErrors.length);
    keepHeaders(slot);
    return slot;
  }

  /** Lets go what is kept of flows beside their records; the flow table forgets them afterwards. */
  forget(ids: readonly number[]): void {
    for (const id of ids) {
      this.table.seek(this.#flow, id);
      this.dispatcher.forget(this.#flow);
      this.rpc.forget(id);
    }
  }

  /** What is known of the capture so far. */
  facts(): FileFacts {
    const facts = this.#tally.facts(this.#source, this.#decoder.counts.entries());
    const { droppedByKernel, droppedByInterface } = this.#source.drops();
    const isTold = droppedByKernel !== null || droppedByInterface !== null;
    const dropped = isTold ? (droppedByKernel ?? 0) + (droppedByInterface ?? 0) : null;
    // Nobody tells which of several interfaces dropped a frame.
    const interfaces = facts.interfaces.map((each, index) => (index === 0 ? { ...each, dropped } : each));
    return { ...facts, interfaces };
  }

  /** Names of the encapsulations met so far, by index; 0 is none. */
  encapsulations(): string[] {
    return Array.from({ length: this.#encapsulations.size }, (_, index) => this.#encapsulations.name(index));
  }

  /** No more frames come: the rest of the repeated segments is final. */
  finish(): void {
    this.table.repeats.drain((repeat) => this.#repeatRows.append(repeat), true);
    this.rpc.finish();
  }

  #noteIcmpErrors(): void {
    for (const error of this.#decoder.icmpErrors) {
      if (this.icmpErrors.length === MAX_ICMP_ERRORS) return;
      this.icmpErrors.push({ captureId: CAPTURE_ID, flowId: this.table.findQuoted(error), error });
    }
  }
}
