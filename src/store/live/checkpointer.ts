import { Worker } from "node:worker_threads";

/** Places in the memory that both threads see: how often it was asked, and how far it is. */
export const TICKET = 0;
export const STATE = 1;
/** Values of STATE; it begins with 0. */
export const CLOSE = 1;
export const CLOSED = 2;
/** A checkpoint waits for the disk, which may take this long. Milliseconds. */
const LAST_CHECKPOINT_MS = 10_000;

/** What the thread is started with. */
export interface CheckpointerData {
  readonly database: string;
  readonly control: Int32Array;
}

/**
 * Checkpoints in a thread of its own: they wait for the disk, and whoever writes segments must not. Used by the thread that
 * writes; it blocks only in `close`.
 */
export class Checkpointer {
  readonly #control = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;
  #hasEnded = false;

  constructor(database: string) {
    const data: CheckpointerData = { database, control: this.#control };
    this.#worker = new Worker(new URL("./checkpoint-worker.js", import.meta.url), { workerData: data });
    // Without it the log is cut by the thread that writes, when it has grown: slower, and no reason to end a capture.
    this.#worker.on("error", () => this.#end());
    this.#worker.on("exit", () => this.#end());
    this.#worker.unref();
  }

  /** Something was committed. */
  ask(): void {
    Atomics.add(this.#control, TICKET, 1);
    Atomics.notify(this.#control, TICKET);
  }

  /** Ends it; says whether its connection is closed, which takes as long as the disk. Safe to call twice. */
  close(): boolean {
    if (!this.#hasEnded) {
      Atomics.compareExchange(this.#control, STATE, 0, CLOSE);
      this.ask();
      Atomics.wait(this.#control, STATE, CLOSE, LAST_CHECKPOINT_MS);
      this.#end();
    }
    return Atomics.load(this.#control, STATE) === CLOSED;
  }

  #end(): void {
    this.#hasEnded = true;
  }
}
