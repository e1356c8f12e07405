import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { SegmentBatch } from "../../decode/segment-batch.js";
import { AnalyzeError } from "../../errors.js";
import { asWriteError } from "../write-error.js";
import { DatabaseLock } from "./database-lock.js";
import { LiveDatabase } from "./live-database.js";
import type { FromLiveWorker, LiveChanges, LiveWorkerData, ToLiveWorker } from "./live-messages.js";
import { asTemporaryFolderError } from "./temporary-folder.js";

/** The thread that writes the database of a live capture: the only one with a connection that may. */
class LiveWorker {
  readonly #port: MessagePort;
  readonly #data: LiveWorkerData;
  readonly #batches: SegmentBatch[] = [];
  readonly #bytes: Uint8Array[] = [];
  #database: LiveDatabase | null = null;
  readonly #lock: DatabaseLock;
  #hasFailed = false;

  constructor(port: MessagePort, data: LiveWorkerData) {
    this.#port = port;
    this.#data = data;
    this.#lock = new DatabaseLock(data.target, data.patience, (waitedMs) =>
      this.#post({ kind: "locked", waitedMs }),
    );
    port.on("message", (message: ToLiveWorker) => {
      if (this.#hasFailed && message.kind !== "close") return;
      try {
        this.#obey(message);
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  #obey(message: ToLiveWorker): void {
    if (message.kind === "close") {
      this.#database?.close();
      this.#port.close();
      return;
    }
    // Opened with the first message, so that an error finds its way to the main thread.
    this.#database ??= new LiveDatabase(this.#data, this.#lock);
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
        this.#commit(this.#database, message.changes, false);
        break;
      case "settle":
        this.#commit(this.#database, message.changes, true);
        break;
      case "finish":
        this.#database.commit(message.changes);
        this.#post({ kind: "finished", isShared: this.#database.close() });
        this.#port.close();
    }
  }

  #commit(database: LiveDatabase, changes: LiveChanges, isLast: boolean): void {
    const beganMs = performance.now();
    const ring = database.commit(changes, isLast);
    this.#post({ kind: "committed", ring, spentMs: performance.now() - beganMs });
  }

  #fail(error: unknown): void {
    this.#hasFailed = true;
    // All of the database goes through SQLite; what we write ourselves is temporary.
    const failure = asWriteError(this.#data.target, asTemporaryFolderError(error));
    try {
      this.#database?.close();
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
