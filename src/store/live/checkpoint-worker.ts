import { workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import { type CheckpointerData, CLOSE, CLOSED, STATE, TICKET } from "./checkpointer.js";

/** Copies what was committed from the write-ahead log into the database, each time that it is asked to. */
function serve({ database: path, control }: CheckpointerData): void {
  const database = new Database(path);
  let served = 0;
  try {
    database.pragma("synchronous = NORMAL");
    while (Atomics.load(control, STATE) !== CLOSE) {
      const ticket = Atomics.load(control, TICKET);
      if (ticket === served) {
        Atomics.wait(control, TICKET, served);
        continue;
      }
      served = ticket;
      try {
        database.pragma("wal_checkpoint(PASSIVE)");
      } catch {
        // A disk that is full, or a lock: the thread that writes meets either, and says so.
      }
    }
  } finally {
    database.close();
    Atomics.store(control, STATE, CLOSED);
    Atomics.notify(control, STATE);
  }
}

serve(workerData as CheckpointerData);
