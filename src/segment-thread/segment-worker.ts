import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { type DecodedBatch, decodeSeries } from "../decode/decode-series.js";
import { Encapsulations } from "../decode/encapsulations.js";
import type { SegmentBatch } from "../decode/segment-batch.js";
import { AnalyzeError } from "../errors.js";
import { SegmentMarker } from "../flows/segment-marker.js";
import { SharedTables, type TablesPlace } from "../store/shared-tables.js";
import { StreamStatistics } from "../store/stream-statistics.js";
import { type BatchSlot, createBatchSlot, keepBytes } from "./batch-slots.js";
import {
  type FromSegmentWorker,
  RELEASED_AT_ONCE,
  type SegmentWorkerData,
  type ToSegmentWorker,
} from "./segment-messages.js";

/** Batches on their way: twice as many as the main thread holds back, so that neither side waits for the other. */
const SLOTS = 2 * RELEASED_AT_ONCE;

/**
 * The segment thread: reads one stream after the other, hands batches over in shared memory, and, before it decodes into
 * them again, writes the rows of those that come back and counts them in the statistics.
 */
class SegmentWorker {
  readonly #port: MessagePort;
  readonly #batchFrames: number;
  readonly #encapsulations = new Encapsulations();
  readonly #place: TablesPlace;
  readonly #tupleSeed: number;
  #openedTables: SharedTables | undefined;
  readonly #statistics: StreamStatistics;
  readonly #slots: BatchSlot[] = [];
  /** Slots that came back, in capture order; they are neither written nor counted yet. */
  readonly #used: BatchSlot[] = [];
  readonly #free: BatchSlot[] = [];
  #current: BatchSlot | undefined;
  #wake: (() => void) | undefined;

  constructor(port: MessagePort, { batchFrames, place, tupleSeed }: SegmentWorkerData) {
    this.#port = port;
    this.#batchFrames = batchFrames;
    this.#place = place;
    this.#tupleSeed = tupleSeed;
    this.#statistics = new StreamStatistics((row) => this.#tables.appendStatistics(row));
    port.on("message", (message: ToSegmentWorker) => {
      this.#obey(message).catch((error: unknown) => this.#fail(error));
    });
  }

  /** Opened with the first stream, so that an error finds its way to the main thread. */
  get #tables(): SharedTables {
    this.#openedTables ??= new SharedTables(this.#place);
    return this.#openedTables;
  }

  async #obey(message: ToSegmentWorker): Promise<void> {
    switch (message.kind) {
      case "series":
        await this.#decode(message.paths);
        break;
      case "release":
        for (const { slot, captureId } of message.used) {
          const used = this.#slots[slot]!;
          used.batch.captureId = captureId;
          this.#used.push(used);
        }
        this.#wake?.();
        break;
      case "endStream":
        while (this.#used.length > 0) this.#free.push(this.#storeOldest());
        this.#statistics.endStream();
        break;
      case "finish":
        this.#post({ kind: "finished", pageCount: this.#tables.finish() });
        this.#tables.close();
        break;
    }
  }

  async #decode(paths: readonly string[]): Promise<void> {
    const options = {
      batchFrames: this.#batchFrames,
      encapsulations: this.#encapsulations,
      takeBatch: (capacity: number) => this.#take(capacity),
    };
    const marker = new SegmentMarker(this.#tupleSeed);
    for await (const part of decodeSeries({ paths }, options)) {
      if (part.kind === "batch") {
        marker.mark(part.segments);
        this.#pass(part);
      } else {
        this.#statistics.noteFile(part.file);
        this.#post(part);
      }
    }
    this.#post({ kind: "end" });
  }

  async #take(capacity: number): Promise<SegmentBatch> {
    while (this.#free.length === 0 && this.#used.length === 0) {
      if (this.#slots.length < SLOTS) {
        const slot = createBatchSlot(this.#slots.length, capacity);
        this.#slots.push(slot);
        this.#free.push(slot);
        break;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#current = this.#free.pop() ?? this.#storeOldest();
    return this.#current.batch;
  }

  /** Writes the rows of the slot that came back first and counts it; it is free then. */
  #storeOldest(): BatchSlot {
    const slot = this.#used.shift()!;
    this.#tables.appendSegments(slot.batch);
    this.#statistics.noteBatch(slot.batch);
    return slot;
  }

  #pass({ segments, icmpErrors, progress }: DecodedBatch): void {
    const slot = this.#current!;
    if (keepBytes(slot)) {
      const { index, columns, bytes } = slot;
      this.#post({ kind: "slot", slot: index, capacity: segments.capacity, columns, bytes });
    }
    const { length, firstCopy, distantCopies } = segments;
    this.#post({
      kind: "batch",
      slot: slot.index,
      length,
      firstCopy,
      distantCopies,
      icmpErrors: [...icmpErrors],
      progress,
    });
  }

  #fail(error: unknown): void {
    const code = error instanceof AnalyzeError ? error.code : null;
    const message =
      error instanceof AnalyzeError ? error.message : String(error instanceof Error ? error.stack : error);
    this.#post({ kind: "error", code, message });
  }

  #post(message: FromSegmentWorker): void {
    this.#port.postMessage(message);
  }
}

if (parentPort !== null) new SegmentWorker(parentPort, workerData as SegmentWorkerData);
