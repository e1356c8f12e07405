import Database from "better-sqlite3";
import type { SegmentBatch } from "../../decode/segment-batch.js";
import { RowInserts } from "../row-inserts.js";
import { eachRecord } from "../sqlite-file/record-block.js";
import { ChangeSpool } from "./change-spool.js";
import { type DatabaseLock, isLocked, LOCK_TURN_MS } from "./database-lock.js";
import type { LiveChanges, LiveWorkerData, RingTurn } from "./live-messages.js";
import { LiveStatistics } from "./live-statistics.js";
import { Ring } from "./ring.js";
import { SegmentSpool } from "./segment-spool.js";

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
 * The database of a live capture, while others read it: what is appended is seen by them with the next commit, all of it
 * at once. Errors of SQLite and the system come as they are.
 */
export class LiveDatabase {
  readonly #database: Database.Database;
  readonly #rows: RowInserts;
  /** One takes segments while a commit copies those of the other. */
  readonly #spools: readonly [SegmentSpool, SegmentSpool];
  /** Which of them takes segments. */
  #filled: 0 | 1 = 0;
  readonly #changes: ChangeSpool;
  readonly #ring: Ring;
  readonly #hasRing: boolean;
  readonly #statistics = new LiveStatistics();
  readonly #lock: DatabaseLock;
  #lastSegmentId = 0;

  /** The database at `database` is one of createDatabase. */
  constructor({ database, spool, ring }: Omit<LiveWorkerData, "target" | "patience">, lock: DatabaseLock) {
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
    const schema = this.#database
      .prepare<[], string>(
        "SELECT sql FROM sqlite_schema WHERE tbl_name = 'segments' AND sql IS NOT NULL ORDER BY type DESC",
      )
      .pluck()
      .all();
    this.#spools = [new SegmentSpool(`${spool}-0`, schema), new SegmentSpool(`${spool}-1`, schema)];
    this.#changes = new ChangeSpool(`${spool}-changes`, this.#database);
    const attach = this.#database.prepare("ATTACH DATABASE ? AS ?");
    attach.run(`${spool}-0`, "spool_0");
    attach.run(`${spool}-1`, "spool_1");
    attach.run(`${spool}-changes`, "changes");
    this.#rows = new RowInserts(this.#database);
    this.#ring = new Ring(this.#database, ring);
    this.#hasRing = ring.sizeBytes !== null || ring.ageNs !== null;
  }

  /** Takes segments in capture order; the flow table has filled their columns. */
  append(batch: SegmentBatch, captureId: number): void {
    this.#lastSegmentId = this.#spools[this.#filled].append(batch, captureId, this.#lastSegmentId);
    this.#statistics.noteBatch(batch);
  }

  /**
   * Makes what was appended and the changes visible, and lets the oldest go where there is too much: in steps, between
   * which more may be appended, for the next commit. `isLast`: no more segments come, and the statistics of all flows are stored.
   * Waits while another program has the database locked.
   */
  *commit(changes: LiveChanges, isLast = false): Generator<void, RingTurn, void> {
    const spool = this.#filled;
    const hasSegments = this.#spools[spool].finish();
    this.#filled = spool === 0 ? 1 : 0;
    this.#fillChanges(changes, isLast);
    this.#lock.wait(() => this.#database.exec("BEGIN IMMEDIATE"));
    try {
      for (const { table, rows } of changes.rows) for (const row of rows) this.#rows.replace(table, row);
      for (const copy of this.#changes.copies) {
        this.#database.exec(copy);
        yield;
      }
      if (hasSegments) {
        this.#database.exec(`INSERT INTO main.segments SELECT * FROM spool_${spool}.segments`);
        yield;
      }
      if (this.#hasRing) this.#database.exec(DROP_UNOWNED_STATISTICS);
      for (const finding of changes.findings) this.#rows.insertFinding(finding);
      for (const id of changes.withdrawn) this.#rows.removeFinding(id);
      const turn = this.#ring.turn();
      this.#database.exec("COMMIT");
      return turn;
    } finally {
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
    }
  }

  /**
   * Leaves a database of one file, unless somebody else has it open: then its write-ahead log stays, which it says. Safe
   * to call twice.
   */
  close(): boolean {
    if (!this.#database.open) return false;
    // In the middle of a commit: what it had done so far is not seen.
    if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
    for (const spool of [...this.#spools, this.#changes, this.#statistics]) spool.close();
    try {
      for (const name of ["spool_0", "spool_1", "changes"]) this.#database.exec(`DETACH DATABASE ${name}`);
      return this.#leaveLog();
    } finally {
      this.#database.close();
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
