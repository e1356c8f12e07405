import { Worker } from "node:worker_threads";
import type { CaptureStream } from "../capture/expand-inputs.js";
import { AnalyzeError } from "../errors.js";
import { type FromDecodeWorker, RELEASED_AT_ONCE, type ToDecodeWorker } from "./decode-messages.js";
import type { DecodedPart } from "./decode-series.js";
import { SegmentBatch } from "./segment-batch.js";

/**
 * A thread that reads and decodes ahead, so that flows and rules get a core for themselves. Gives the same parts in
 * the same order as decodeSeries. Files only: standard input belongs to the main thread.
 */
export class DecodeThread {
  readonly #worker: Worker;
  readonly #batches: SegmentBatch[] = [];
  readonly #bytes: Uint8Array[] = [];
  readonly #received: FromDecodeWorker[] = [];
  /** Slots that are used and not yet given back. */
  #used: number[] = [];
  #wake: (() => void) | undefined;
  #failure: unknown;

  constructor(batchFrames: number) {
    this.#worker = new Worker(new URL("./decode-worker.js", import.meta.url), {
      workerData: { batchFrames },
    });
    this.#worker.on("message", (message: FromDecodeWorker) => {
      this.#received.push(message);
      this.#wake?.();
    });
    const fail = (error: unknown): void => {
      this.#failure ??= error;
      this.#wake?.();
    };
    this.#worker.on("error", fail);
    this.#worker.on("exit", (code) => fail(new Error(`the decoding thread ended with code ${code}`)));
  }

  /** The parts of one stream. One stream at a time, each to its end. */
  async *series(stream: CaptureStream): AsyncGenerator<DecodedPart, void, undefined> {
    this.#send({ kind: "series", paths: stream.paths });
    for (;;) {
      const message = this.#received.shift() ?? (await this.#next());
      switch (message.kind) {
        case "slot":
          this.#batches[message.slot] = new SegmentBatch(message.capacity, message.columns);
          this.#bytes[message.slot] = new Uint8Array(message.bytes);
          break;
        case "batch": {
          const segments = this.#batches[message.slot]!;
          segments.length = message.length;
          segments.bytes = this.#bytes[message.slot]!;
          yield { kind: "batch", segments, icmpErrors: message.icmpErrors, progress: message.progress };
          this.#release(message.slot);
          break;
        }
        case "file":
          yield message;
          break;
        case "end":
          return;
        case "error":
          throw message.code === null
            ? new Error(message.message)
            : new AnalyzeError(message.code, message.message);
      }
    }
  }

  /** Ends the thread, wherever it is. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #next(): Promise<FromDecodeWorker> {
    for (;;) {
      const message = this.#received.shift();
      if (message !== undefined) return message;
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #release(slot: number): void {
    this.#used.push(slot);
    if (this.#used.length < RELEASED_AT_ONCE) return;
    this.#send({ kind: "release", slots: this.#used });
    this.#used = [];
  }

  #send(message: ToDecodeWorker): void {
    this.#worker.postMessage(message);
  }
}
