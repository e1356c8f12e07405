import Database from "better-sqlite3";
import type { SegmentBatch } from "../../decode/segment-batch.js";
import { insertSql } from "../insert-columns.js";
import { RowInserts } from "../row-inserts.js";
import type { SqlValue } from "../sql-value.js";
import { type DatabaseLock, isLocked, LOCK_TURN_MS } from "./database-lock.js";
import { exactValue } from "./exact-value.js";
import { FLOW_COLUMNS, REPEAT_COLUMNS } from "./live-columns.js";
import type { LiveChanges, LiveWorkerData, RingTurn } from "./live-messages.js";
import { LiveStatistics } from "./live-statistics.js";
import { Ring } from "./ring.js";
import { SegmentSpool } from "./segment-spool.js";

/** Pages of the write-ahead log before they go into the database: 16 MiB. */
const CHECKPOINT_PAGES = 2048;
/** Where a flow's id stands among its values. */
const FLOW_ID_AT = FLOW_COLUMNS.indexOf("id");
/** To this the log is cut back when it was larger, for example because somebody read for long. */
const LARGEST_IDLE_LOG_BYTES = 64 * 1024 * 1024;

/**
 * The database of a live capture, while others read it: what is appended is seen by them with the next commit, all of it
 * at once. Errors of SQLite and the system come as they are.
 */
export class LiveDatabase {
  readonly #database: Database.Database;
  readonly #rows: RowInserts;
  readonly #spool: SegmentSpool;
  readonly #ring: Ring;
  readonly #statistics: LiveStatistics;
  readonly #putFlow: Database.Statement<SqlValue[]>;
  readonly #addRepeat: Database.Statement<SqlValue[]>;
  readonly #lock: DatabaseLock;
  #lastSegmentId = 0;

  /** The database at `database` is one of createDatabase. */
  constructor({ database, spool, ring }: Omit<LiveWorkerData, "target" | "patience">, lock: DatabaseLock) {
    this.#lock = lock;
    this.#database = new Database(database, { timeout: LOCK_TURN_MS });
    this.#database.pragma("journal_mode = WAL");
    // A crash of the system may lose the last transactions, but never the database; fewer waits for the disk.
    this.#database.pragma("synchronous = NORMAL");
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
    this.#spool = new SegmentSpool(spool, schema);
    this.#database.prepare("ATTACH DATABASE ? AS spool").run(spool);
    this.#rows = new RowInserts(this.#database);
    this.#ring = new Ring(this.#database, ring);
    this.#statistics = new LiveStatistics(this.#database);
    this.#putFlow = this.#database.prepare<SqlValue[]>(insertSql("flows", FLOW_COLUMNS, "INSERT OR REPLACE"));
    this.#addRepeat = this.#database.prepare<SqlValue[]>(insertSql("repeated_segments", REPEAT_COLUMNS));
  }

  /** Takes segments in capture order; the flow table has filled their columns. */
  append(batch: SegmentBatch, captureId: number): void {
    this.#lastSegmentId = this.#spool.append(batch, captureId, this.#lastSegmentId);
    this.#statistics.noteBatch(batch);
  }

  /**
   * Makes what was appended and the changes visible, and lets the oldest go where there is too much. `isLast`: no more
   * segments come, and the statistics of all flows are stored. Waits while another program has it locked.
   */
  commit(changes: LiveChanges, isLast = false): RingTurn {
    const hasSegments = this.#spool.hasRows;
    this.#spool.finish();
    this.#lock.wait(() => this.#database.exec("BEGIN IMMEDIATE"));
    try {
      for (const { table, rows } of changes.rows) for (const row of rows) this.#rows.replace(table, row);
      this.#putRows(this.#putFlow, changes.flows, FLOW_COLUMNS.length);
      if (hasSegments) this.#database.exec("INSERT INTO main.segments SELECT * FROM spool.segments");
      this.#storeStatistics(changes, isLast);
      this.#putRows(this.#addRepeat, changes.repeats, REPEAT_COLUMNS.length);
      for (const finding of changes.findings) this.#rows.insertFinding(finding);
      for (const id of changes.withdrawn) this.#rows.removeFinding(id);
      const turn = this.#ring.turn();
      this.#database.exec("COMMIT");
      return turn;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /**
   * Leaves a database of one file, unless somebody else has it open: then its write-ahead log stays, which it says. Safe
   * to call twice.
   */
  close(): boolean {
    if (!this.#database.open) return false;
    this.#spool.close();
    this.#statistics.close();
    try {
      this.#database.exec("DETACH DATABASE spool");
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

  #storeStatistics({ flows, forgotten, endNs }: LiveChanges, isLast: boolean): void {
    for (let at = FLOW_ID_AT; at < flows.length; at += FLOW_COLUMNS.length)
      this.#statistics.noteChanged(Number(flows[at]));
    this.#statistics.store(forgotten, endNs);
    if (isLast) this.#statistics.storeAll(endNs);
  }

  #putRows(statement: Database.Statement<SqlValue[]>, values: readonly SqlValue[], columns: number): void {
    for (let at = 0; at < values.length; at += columns) {
      statement.run(...values.slice(at, at + columns).map(exactValue));
    }
  }
}
