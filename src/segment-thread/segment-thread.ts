import { Worker } from "node:worker_threads";
import type { CaptureStream } from "../capture/expand-inputs.js";
import type { DecodedPart } from "../decode/decode-series.js";
import { SegmentBatch } from "../decode/segment-batch.js";
import { AnalyzeError } from "../errors.js";
import { TUPLE_SEED } from "../flows/tuple-key.js";
import type { DatabaseWriter } from "../store/database-writer.js";
import {
  type FromSegmentWorker,
  RELEASED_AT_ONCE,
  type SegmentWorkerData,
  type ToSegmentWorker,
  type UsedSlot,
} from "./segment-messages.js";

type PartMessage = Exclude<FromSegmentWorker, { kind: "error" }>;

/**
 * A thread that reads and decodes ahead and behind writes the rows of segments and keeps the statistics, so that flows and
 * rules get a core for themselves. Gives the same parts in the same order as decodeSeries. Files only: standard input belongs to the main
 * thread. It goes on with the next stream, or with the end of its tables, while the main thread ends the flows of the last.
 */
export class SegmentThread {
  readonly #worker: Worker;
  readonly #writer: DatabaseWriter;
  readonly #batches: SegmentBatch[] = [];
  readonly #bytes: Uint8Array[] = [];
  readonly #received: FromSegmentWorker[] = [];
  /** Slots that are used and not yet given back. */
  #used: UsedSlot[] = [];
  #wake: (() => void) | undefined;
  #failure: unknown;

  constructor(batchFrames: number, writer: DatabaseWriter) {
    this.#writer = writer;
    const workerData: SegmentWorkerData = { batchFrames, place: writer.shareTables(), tupleSeed: TUPLE_SEED };
    this.#worker = new Worker(new URL("./segment-worker.js", import.meta.url), { workerData });
    this.#worker.on("message", (message: FromSegmentWorker) => {
      this.#received.push(message);
      this.#wake?.();
    });
    const fail = (error: unknown): void => {
      this.#failure ??= error;
      this.#wake?.();
    };
    this.#worker.on("error", fail);
    this.#worker.on("exit", (code) => fail(new Error(`the segment thread ended with code ${code}`)));
  }

  /** The parts of one stream. One stream at a time, each to its end; `isLast`: none follows. */
  async *series(stream: CaptureStream, isLast: boolean): AsyncGenerator<DecodedPart, void, undefined> {
    this.#send({ kind: "series", paths: stream.paths });
    for (;;) {
      const message = this.#take() ?? (await this.#next());
      switch (message.kind) {
        case "slot":
          this.#batches[message.slot] = new SegmentBatch(message.capacity, message.columns);
          this.#bytes[message.slot] = new Uint8Array(message.bytes);
          break;
        case "batch": {
          const segments = this.#batches[message.slot]!;
          segments.length = message.length;
          segments.firstCopy = message.firstCopy;
          segments.distantCopies = message.distantCopies;
          segments.isMarked = true;
          segments.bytes = this.#bytes[message.slot]!;
          yield { kind: "batch", segments, icmpErrors: message.icmpErrors, progress: message.progress };
          this.#used.push({ slot: message.slot, captureId: segments.captureId });
          if (this.#used.length === RELEASED_AT_ONCE) this.#release();
          break;
        }
        case "file":
          yield message;
          break;
        case "end":
          this.#release();
          this.#send({ kind: "endStream" });
          if (isLast) this.#send({ kind: "finish" });
          return;
        case "finished":
          throw new Error("the segment thread finished before its last stream");
      }
    }
  }

  /** Waits, after the last stream, until segments and statistics are in the database; the main thread writes to it then. */
  async finished(): Promise<void> {
    const message = await this.#next();
    if (message.kind !== "finished")
      throw new Error(`the segment thread sent ${message.kind} after its last stream`);
    this.#writer.takeOver(message.pageCount);
  }

  /** Ends the thread, wherever it is. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  /** The next message that has come; throws what the thread says is wrong. */
  #take(): PartMessage | undefined {
    const message = this.#received.shift();
    if (message?.kind !== "error") return message;
    if (message.code === null) throw new Error(message.message);
    throw new AnalyzeError(message.code, message.message);
  }

  async #next(): Promise<PartMessage> {
    for (;;) {
      const message = this.#take();
      if (message !== undefined) return message;
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #release(): void {
    this.#send({ kind: "release", used: this.#used });
    this.#used = [];
  }

  #send(message: ToSegmentWorker): void {
    this.#worker.postMessage(message);
  }
}
