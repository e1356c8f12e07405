import Database from "better-sqlite3";
import type { SegmentBatch } from "../../decode/segment-batch.js";
import { RowInserts } from "../row-inserts.js";
import { eachRecord } from "../sqlite-file/record-block.js";
import { asWriteError } from "../write-error.js";
import { ChangeSpool } from "./change-spool.js";
import { type DatabaseLock, isLocked, LOCK_TURN_MS } from "./database-lock.js";
import type { LiveChanges, LiveWorkerData, RingTurn } from "./live-messages.js";
import { LiveStatistics } from "./live-statistics.js";
import { Ring } from "./ring.js";
import { SegmentBuffer } from "./segment-buffer.js";
import { SegmentLog } from "./segment-log.js";

/** Pages of the write-ahead log at which they go into the database here, because a Checkpointer has not come to it: 128 MiB. */
const CHECKPOINT_PAGES = 16_384;
/** Pages in memory, KiB: what one commit changes, so that it is written once. */
const CACHE_KIBIBYTES = 64 * 1024;
/** To this the log is cut back when it was larger, for example because somebody read for long. */
const LARGEST_IDLE_LOG_BYTES = 64 * 1024 * 1024;

/** Statistics of a flow that --ring has let go leave with it: its segments are gone. */
const DROP_UNOWNED_STATISTICS = `DELETE FROM main.flow_statistics
  WHERE flow_id IN (SELECT flow_id FROM changes.flow_statistics) AND flow_id NOT IN (SELECT id FROM main.flows)`;

/**
 * The database of a live capture, while others read it: what is appended is seen by them with the next commit. Of that,
 * segments come first, in a transaction of their own, so that what flows tell of them is there. Errors of SQLite and the
 * temporary folder come as they are.
 */
export class LiveDatabase {
  readonly #database: Database.Database;
  readonly #rows: RowInserts;
  readonly #log: SegmentLog;
  readonly #segments: SegmentBuffer;
  readonly #changes: ChangeSpool;
  readonly #ring: Ring;
  readonly #hasRing: boolean;
  readonly #statistics = new LiveStatistics();
  readonly #lock: DatabaseLock;
  readonly #target: string;
  #lastSegmentId = 0;

  /** The database at `database` is one of createDatabase. */
  constructor({ target, database, spool, ring }: Omit<LiveWorkerData, "patience">, lock: DatabaseLock) {
    this.#target = target;
    this.#lock = lock;
    this.#database = new Database(database, { timeout: LOCK_TURN_MS });
    this.#database.pragma("journal_mode = WAL");
    // A crash of the system may lose the last transactions, but never the database; fewer waits for the disk.
    this.#database.pragma("synchronous = NORMAL");
    this.#database.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
    this.#database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    this.#database.pragma(`journal_size_limit = ${LARGEST_IDLE_LOG_BYTES}`);
    // All that refers to other rows is made here; with the check SQLite would take the records apart.
    this.#database.pragma("foreign_keys = OFF");
    // The columns' CHECKs took half the time of a row of flows; tests see to it that what is written keeps them.
    this.#database.pragma("ignore_check_constraints = ON");
    this.#log = new SegmentLog(this.#database, lock, target);
    this.#segments = new SegmentBuffer(this.#log.pageSize);
    this.#changes = new ChangeSpool(spool, this.#database);
    this.#database.prepare("ATTACH DATABASE ? AS changes").run(spool);
    this.#rows = new RowInserts(this.#database);
    this.#ring = new Ring(this.#database, ring);
    this.#hasRing = ring.sizeBytes !== null || ring.ageNs !== null;
  }

  /** Takes segments in capture order; the flow table has filled their columns. */
  append(batch: SegmentBatch, captureId: number): void {
    this.#lastSegmentId = this.#segments.append(batch, captureId, this.#lastSegmentId);
    this.#statistics.noteBatch(batch);
  }

  /**
   * Makes what was appended and the changes visible, and lets the oldest go where there is too much: in steps, between
   * which more may be appended, for the next commit. `isLast`: no more segments come, and the statistics of all flows are stored.
   * Waits while another program has the database locked.
   */
  *commit(changes: LiveChanges, isLast = false): Generator<void, RingTurn, void> {
    this.#fillChanges(changes, isLast);
    this.#storeSegments();
    yield;
    this.#lock.wait(() => this.#database.exec("BEGIN IMMEDIATE"));
    try {
      this.#log.noteTransaction();
      for (const { table, rows } of changes.rows) for (const row of rows) this.#rows.replace(table, row);
      for (const copy of this.#changes.copies) {
        this.#database.exec(copy);
        yield;
      }
      if (this.#hasRing) this.#database.exec(DROP_UNOWNED_STATISTICS);
      for (const finding of changes.findings) this.#rows.insertFinding(finding);
      for (const id of changes.withdrawn) this.#rows.removeFinding(id);
      const turn = this.#ring.turn();
      if (turn.droppedSegments > 0) this.#log.forget();
      this.#database.exec("COMMIT");
      return turn;
    } finally {
      if (this.#database.inTransaction) {
        this.#database.exec("ROLLBACK");
        this.#log.forget();
      }
    }
  }

  /**
   * Leaves a database of one file, unless somebody else has it open: then its write-ahead log stays, which it says. Safe
   * to call twice. `isAlone`: no other connection of this process has it open.
   */
  close(isAlone = true): boolean {
    if (!this.#database.open) return false;
    // In the middle of a commit: what it had done so far is not seen.
    if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
    for (const each of [this.#changes, this.#statistics]) each.close();
    try {
      this.#database.exec("DETACH DATABASE changes");
      return this.#leaveLog();
    } finally {
      this.#database.close();
      // Else the files stay open until the process ends: closing them would let go of the other connections' locks.
      if (isAlone) this.#log.close();
    }
  }

  #storeSegments(): void {
    if (this.#segments.isEmpty) return;
    try {
      this.#log.append(this.#segments);
    } catch (error) {
      // Of the system's errors, these are the ones that are not the temporary folder's.
      throw asWriteError(this.#target, error);
    }
  }

  /** Whether the log could not go, for somebody else has the database open, be it only a shell at its prompt. */
  #leaveLog(): boolean {
    try {
      this.#database.pragma("journal_mode = DELETE");
      return false;
    } catch (error) {
      if (!isLocked(error)) throw error;
      return true;
    }
  }

  #fillChanges(changes: LiveChanges, isLast: boolean): void {
    for (const block of changes.flows) eachRecord(block, (id) => this.#statistics.noteChanged(id));
    this.#changes.fill(changes, (rows) => {
      if (isLast) this.#statistics.takeAll(rows, changes.forgotten, changes.endNs);
      else this.#statistics.take(rows, changes.forgotten, changes.endNs);
    });
  }
}
