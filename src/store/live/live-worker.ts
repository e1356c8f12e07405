import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { SegmentBatch } from "../../decode/segment-batch.js";
import { AnalyzeError } from "../../errors.js";
import { asWriteError } from "../write-error.js";
import { Checkpointer } from "./checkpointer.js";
import { DatabaseLock } from "./database-lock.js";
import { LiveDatabase } from "./live-database.js";
import type { FromLiveWorker, LiveWorkerData, RingTurn, ToLiveWorker } from "./live-messages.js";
import { asTemporaryFolderError } from "./temporary-folder.js";

/** A commit of which a part is done. */
interface RunningCommit {
  readonly steps: Generator<void, RingTurn, void>;
  spentMs: number;
}

/** The thread that writes the database of a live capture: the only one with a connection that may. */
class LiveWorker {
  readonly #port: MessagePort;
  readonly #data: LiveWorkerData;
  readonly #batches: SegmentBatch[] = [];
  readonly #bytes: Uint8Array[] = [];
  #database: LiveDatabase | null = null;
  #checkpointer: Checkpointer | null = null;
  readonly #lock: DatabaseLock;
  #commit: RunningCommit | null = null;
  #hasFailed = false;

  constructor(port: MessagePort, data: LiveWorkerData) {
    this.#port = port;
    this.#data = data;
    this.#lock = new DatabaseLock(data.target, data.patience, (waitedMs) =>
      this.#post({ kind: "locked", waitedMs }),
    );
    port.on("message", (message: ToLiveWorker) => {
      if (this.#hasFailed && message.kind !== "close") return;
      this.#try(() => this.#obey(message));
    });
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #obey(message: ToLiveWorker): void {
    if (message.kind === "close") {
      if (!this.#hasFailed) this.#endCommit();
      this.#close();
      this.#port.close();
      return;
    }
    // Opened with the first message, so that an error finds its way to the main thread.
    this.#database ??= new LiveDatabase(this.#data, this.#lock);
    this.#checkpointer ??= new Checkpointer(this.#data.database);
    switch (message.kind) {
      case "slot":
        this.#batches[message.slot] = new SegmentBatch(message.capacity, message.columns);
        this.#bytes[message.slot] = new Uint8Array(message.bytes);
        break;
      case "batch": {
        const batch = this.#batches[message.slot]!;
        batch.length = message.length;
        batch.bytes = this.#bytes[message.slot]!;
        this.#database.append(batch, message.captureId);
        this.#post({ kind: "release", slot: message.slot });
        break;
      }
      case "commit":
        this.#beginCommit(this.#database.commit(message.changes));
        break;
      case "settle":
        this.#beginCommit(this.#database.commit(message.changes, true));
        this.#endCommit();
        break;
      case "finish":
        this.#beginCommit(this.#database.commit(message.changes));
        this.#endCommit();
        this.#post({ kind: "finished", isShared: this.#close() });
        this.#port.close();
    }
  }

  #beginCommit(steps: RunningCommit["steps"]): void {
    this.#endCommit();
    this.#commit = { steps, spentMs: 0 };
    this.#goOn();
  }

  /** A step of the commit, if there is one, and the next when all batches have been taken that came meanwhile. */
  #goOn(): void {
    if (this.#hasFailed) return;
    this.#step();
    if (this.#commit !== null) setImmediate(() => this.#try(() => this.#goOn()));
  }

  /** The rest of the commit at once. */
  #endCommit(): void {
    while (this.#commit !== null) this.#step();
  }

  #step(): void {
    const commit = this.#commit;
    if (commit === null) return;
    const beganMs = performance.now();
    const { done, value } = commit.steps.next();
    commit.spentMs += performance.now() - beganMs;
    if (done !== true) return;
    this.#commit = null;
    this.#checkpointer?.ask();
    this.#post({ kind: "committed", ring: value, spentMs: commit.spentMs });
  }

  /** Whether somebody else has the database open. `hasFailed`: threads that read it may not know yet that it ends. */
  #close(hasFailed = false): boolean {
    const isCheckpointerClosed = this.#checkpointer?.close() ?? true;
    return this.#database?.close(isCheckpointerClosed && !hasFailed) ?? false;
  }

  #fail(error: unknown): void {
    this.#hasFailed = true;
    // Errors with segments are the database's by now; what else we write without SQLite is temporary.
    const failure = asWriteError(this.#data.target, asTemporaryFolderError(error));
    try {
      this.#close(true);
    } catch {
      // The first failure says why.
    }
    const isForUser = failure instanceof AnalyzeError;
    this.#post({
      kind: "error",
      code: isForUser ? failure.code : null,
      message: isForUser ? failure.message : String(error instanceof Error ? error.stack : error),
    });
  }

  #post(message: FromLiveWorker): void {
    this.#port.postMessage(message);
  }
}

if (parentPort !== null) new LiveWorker(parentPort, workerData as LiveWorkerData);
