import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { AnalyzeError } from "../errors.js";
import { type FromDecodeWorker, RELEASED_AT_ONCE, type ToDecodeWorker } from "./decode-messages.js";
import { type DecodedBatch, decodeSeries } from "./decode-series.js";
import { Encapsulations } from "./encapsulations.js";
import { IPV6_HEADER_LENGTH } from "./ipv6.js";
import { SegmentBatch, segmentBatchBytes } from "./segment-batch.js";

/** Batches on their way: twice as many as the main thread holds back, so that neither side waits for the other. */
const SLOTS = 2 * RELEASED_AT_ONCE;

/** A batch in shared memory with a copy of the frames' octets. */
interface Slot {
  readonly index: number;
  batch: SegmentBatch;
  columns: SharedArrayBuffer;
  bytes: SharedArrayBuffer;
}

/** The decoding thread: reads one stream after the other and hands batches over in shared memory. */
class DecodeWorker {
  readonly #port: MessagePort;
  readonly #batchFrames: number;
  readonly #encapsulations = new Encapsulations();
  readonly #slots: Slot[] = [];
  readonly #free: Slot[] = [];
  #current: Slot | undefined;
  #wake: (() => void) | undefined;

  constructor(port: MessagePort, batchFrames: number) {
    this.#port = port;
    this.#batchFrames = batchFrames;
    port.on("message", (message: ToDecodeWorker) => {
      if (message.kind === "series") {
        void this.#decode(message.paths);
        return;
      }
      this.#free.push(...this.#slots.filter(({ index }) => message.slots.includes(index)));
      this.#wake?.();
    });
  }

  async #decode(paths: readonly string[]): Promise<void> {
    try {
      const options = {
        batchFrames: this.#batchFrames,
        encapsulations: this.#encapsulations,
        takeBatch: (capacity: number) => this.#take(capacity),
      };
      for await (const part of decodeSeries({ paths }, options)) {
        if (part.kind === "batch") this.#handOver(part);
        else this.#post(part);
      }
      this.#post({ kind: "end" });
    } catch (error) {
      const code = error instanceof AnalyzeError ? error.code : null;
      const message =
        error instanceof AnalyzeError ? error.message : String(error instanceof Error ? error.stack : error);
      this.#post({ kind: "error", code, message });
    }
  }

  async #take(capacity: number): Promise<SegmentBatch> {
    while (this.#free.length === 0) {
      if (this.#slots.length < SLOTS) {
        this.#makeSlot(capacity);
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#current = this.#free.pop()!;
    return this.#current.batch;
  }

  #makeSlot(capacity: number): void {
    const columns = new SharedArrayBuffer(segmentBatchBytes(capacity));
    const batch = new SegmentBatch(capacity, columns);
    const slot: Slot = { index: this.#slots.length, batch, columns, bytes: new SharedArrayBuffer(0) };
    this.#slots.push(slot);
    this.#free.push(slot);
  }

  /** The reader's window is overwritten by the next read, so the octets that the batch points into are copied. */
  #handOver({ segments, icmpErrors, progress }: DecodedBatch): void {
    const slot = this.#current!;
    const { bytes } = segments;
    if (slot.bytes.byteLength < bytes.length) {
      slot.bytes = new SharedArrayBuffer(bytes.length);
      const { index, columns } = slot;
      this.#post({ kind: "slot", slot: index, capacity: segments.capacity, columns, bytes: slot.bytes });
    }
    const { length, ipAt, tcpAt, payloadAt, payloadCaptured } = segments;
    let first = bytes.length;
    let end = 0;
    for (let row = 0; row < length; row++) {
      // A source route puts the IP header behind the frames.
      first = Math.min(first, ipAt[row]!, tcpAt[row]!);
      end = Math.max(end, ipAt[row]! + IPV6_HEADER_LENGTH, payloadAt[row]! + payloadCaptured[row]!);
    }
    if (first < end) new Uint8Array(slot.bytes).set(bytes.subarray(first, end), first);
    this.#post({ kind: "batch", slot: slot.index, length, icmpErrors: [...icmpErrors], progress });
  }

  #post(message: FromDecodeWorker): void {
    this.#port.postMessage(message);
  }
}

if (parentPort !== null) {
  const { batchFrames } = workerData as { batchFrames: number };
  new DecodeWorker(parentPort, batchFrames);
}
