import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { AnalyzeError } from "../../errors.js";
import {
  ENDING,
  type FromLiveWorker,
  IMPATIENT,
  type LiveChanges,
  type LiveWorkerData,
  PATIENT,
  type RingLimits,
  type RingTurn,
  type ToLiveWorker,
} from "./live-messages.js";
import { placeDatabase } from "./place-database.js";
import { makeTemporaryFolder } from "./temporary-folder.js";

/** How long the thread may take to end in order; it is longer than one turn of waiting for a lock. Milliseconds. */
const GRACE_MS = 3000;

/** Memory that both threads see: segments of one batch, and the octets they point into. */
export interface SharedBatch {
  readonly index: number;
  readonly capacity: number;
  readonly length: number;
  readonly captureId: number;
  readonly columns: SharedArrayBuffer;
  readonly bytes: SharedArrayBuffer;
}

/**
 * Writes the database of a live capture in a thread of its own, so that others can read it meanwhile. What fails there is
 * thrown by the next call here.
 */
export class LiveStore {
  /** Octets of the database in use, and what has left it in all. */
  usedBytes = 0;
  droppedSegments = 0;
  droppedFlows = 0;
  /** How long a commit has waited by now for another program that has the database locked, milliseconds; 0: it has not. */
  lockedMs = 0;
  /** What somebody should know at the end, a sentence each. */
  readonly notes: string[] = [];
  /** How long the thread took for the last commit, milliseconds. */
  commitMs = 0;
  /** Where the database is. */
  readonly path: string;
  readonly #target: string;
  readonly #patience: Int32Array;
  readonly #exited: Promise<void>;
  readonly #folder: string;
  readonly #worker: Worker;
  /** The memory of each slot that the thread knows. */
  readonly #known: SharedArrayBuffer[] = [];
  readonly #free: number[] = [];
  #pendingCommits = 0;
  #isFinished = false;
  #failure: unknown;
  #wake: () => void = () => {};

  private constructor(data: LiveWorkerData, folder: string) {
    this.path = data.database;
    this.#target = data.target;
    this.#patience = data.patience;
    this.#folder = folder;
    // Files that it leaves open it has reason to: LiveDatabase.close.
    const options = { workerData: data, trackUnmanagedFds: false };
    this.#worker = new Worker(new URL("./live-worker.js", import.meta.url), options);
    this.#worker.on("message", (message: FromLiveWorker) => this.#receive(message));
    const fail = (error: unknown): void => {
      this.#failure ??= error;
      this.#wake();
    };
    this.#worker.on("error", fail);
    this.#exited = new Promise((resolve) => {
      this.#worker.once("exit", (code) => {
        if (!this.#isFinished) fail(new Error(`the writing thread ended with code ${code}`));
        resolve();
      });
    });
  }

  /**
   * Makes an empty database at `target`, in the place of an older one of ours. Throws AnalyzeError DATABASE_FOREIGN,
   * DATABASE_VERSION or DATABASE_WRITE.
   */
  static open(target: string, ring: RingLimits): LiveStore {
    // Before an older database is replaced.
    const folder = makeTemporaryFolder();
    try {
      const database = placeDatabase(target);
      const patience = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
      return new LiveStore({ target, database, spool: join(folder, "changes"), ring, patience }, folder);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** A slot that may be filled, as soon as there is one; `most`: how many there are at most. */
  async takeSlot(most: number): Promise<number> {
    for (;;) {
      this.#throwFailure();
      const index = this.#free.pop() ?? (this.#known.length < most ? this.#known.length : undefined);
      if (index !== undefined) return index;
      await this.#news();
    }
  }

  /** Hands a filled slot over. */
  append(batch: SharedBatch): void {
    this.#throwFailure();
    const { index: slot, capacity, columns, bytes, length, captureId } = batch;
    if (this.#known[slot] !== bytes) {
      this.#known[slot] = bytes;
      this.#send({ kind: "slot", slot, capacity, columns, bytes });
    }
    this.#send({ kind: "batch", slot, length, captureId });
  }

  /** Whether a commit is still being written: one at a time is enough. */
  get isCommitting(): boolean {
    this.#throwFailure();
    return this.#pendingCommits > 0;
  }

  /** Makes everything appended so far and the changes visible to readers, as soon as the thread comes to it. */
  commit(changes: LiveChanges): void {
    this.#throwFailure();
    this.#pendingCommits++;
    this.#send({ kind: "commit", changes });
  }

  /** From now on a lock of another program is waited for no longer than ten seconds; the call that waits throws then. */
  beginEnd(): void {
    Atomics.compareExchange(this.#patience, 0, PATIENT, ENDING);
  }

  /** A commit behind the last segment, with the statistics of all flows; resolves when readers can see it. */
  async settle(changes: LiveChanges): Promise<void> {
    this.#pendingCommits++;
    this.#send({ kind: "settle", changes });
    while (this.isCommitting) await this.#news();
  }

  /** The last commit; resolves when the database is whole and closed. */
  async finish(changes: LiveChanges): Promise<void> {
    this.#send({ kind: "finish", changes });
    while (!this.#isFinished) {
      this.#throwFailure();
      await this.#news();
    }
  }

  /** Ends the thread, if need be wherever it is, and removes what is temporary. Safe to call twice. */
  async close(): Promise<void> {
    this.#isFinished = true;
    // A thread that is terminated while SQLite waits for a lock takes the whole process down.
    Atomics.store(this.#patience, 0, IMPATIENT);
    this.#send({ kind: "close" });
    const waiting = new AbortController();
    const grace = delay(GRACE_MS, undefined, { signal: waiting.signal }).catch(() => {});
    await Promise.race([this.#exited, grace]);
    waiting.abort();
    await this.#worker.terminate();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #receive(message: FromLiveWorker): void {
    switch (message.kind) {
      case "release":
        this.#free.push(message.slot);
        break;
      case "locked":
        this.lockedMs = message.waitedMs;
        break;
      case "committed":
        this.#pendingCommits--;
        this.lockedMs = 0;
        this.commitMs = message.spentMs;
        this.#note(message.ring);
        break;
      case "finished":
        this.#isFinished = true;
        if (message.isShared)
          this.notes.push(
            `Another program has the database open: until it is closed there, ${this.#target}-wal belongs to it.`,
          );
        break;
      case "error":
        this.#failure ??=
          message.code === null
            ? new Error(message.message)
            : new AnalyzeError(message.code, message.message);
    }
    this.#wake();
  }

  #note({ usedBytes, droppedSegments, droppedFlows }: RingTurn): void {
    this.usedBytes = usedBytes;
    this.droppedSegments += droppedSegments;
    this.droppedFlows += droppedFlows;
  }

  /** Resolves when the thread has said something. */
  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #send(message: ToLiveWorker): void {
    this.#worker.postMessage(message);
  }
}
