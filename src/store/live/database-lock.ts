import Database from "better-sqlite3";
import { AnalyzeError } from "../../errors.js";
import { ENDING, PATIENT } from "./live-messages.js";

/** How long SQLite itself waits for others at a time; only then can anybody be told, or change their mind. Milliseconds. */
export const LOCK_TURN_MS = 1000;
/** How long it is waited at the end. Milliseconds. */
const LAST_PATIENCE_MS = 10_000;

/** Whether another program has the database locked. */
export function isLocked(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

/** Waits for other programs that have the database of a live capture locked, as patiently as the main thread wants it to. */
export class DatabaseLock {
  readonly #target: string;
  readonly #patience: Int32Array;
  readonly #onLocked: (waitedMs: number) => void;
  #endingMs: number | null = null;

  /**
   * @param target the database as the user named it
   * @param patience see LiveWorkerData
   * @param onLocked called about every second of waiting, with the time waited so far
   */
  constructor(target: string, patience: Int32Array, onLocked: (waitedMs: number) => void) {
    this.#target = target;
    this.#patience = patience;
    this.#onLocked = onLocked;
  }

  /** Does `work`, again and again while it finds the database locked. Throws AnalyzeError DATABASE_WRITE when patience ends. */
  wait(work: () => void): void {
    const beganMs = performance.now();
    for (;;) {
      try {
        work();
        return;
      } catch (error) {
        if (!isLocked(error)) throw error;
        const waitedMs = performance.now() - beganMs;
        if (this.#isOver()) throw this.#error(waitedMs);
        this.#onLocked(waitedMs);
      }
    }
  }

  #isOver(): boolean {
    const patience = Atomics.load(this.#patience, 0);
    if (patience === PATIENT) return false;
    this.#endingMs ??= performance.now();
    return patience !== ENDING || performance.now() - this.#endingMs > LAST_PATIENCE_MS;
  }

  #error(waitedMs: number): AnalyzeError {
    const seconds = Math.round(waitedMs / 1000);
    return new AnalyzeError(
      "DATABASE_WRITE",
      `cannot write the database ${this.#target}: another program has kept it locked for ${seconds} s, and what was captured meanwhile is missing`,
    );
  }
}
