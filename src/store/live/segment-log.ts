import { realpathSync } from "node:fs";
import type Database from "better-sqlite3";
import { AnalyzeError } from "../../errors.js";
import { SCHEMA_VERSION } from "../create-database.js";
import { LogPages } from "../wal/log-pages.js";
import type { DatabaseLock } from "./database-lock.js";
import type { SegmentBuffer, SegmentRoots } from "./segment-buffer.js";

/** All that SQLite would have to do with a row of `segments`: its columns, indexes and triggers. */
const SCHEMA = "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = 'segments' ORDER BY name";

/**
 * Puts segments and their index into a database in WAL mode without SQLite, which takes five times as long: docs/adr/0007.
 * SQLite's own transactions come in between.
 */
export class SegmentLog {
  readonly pageSize: number;
  readonly #database: Database.Database;
  readonly #lock: Pick<DatabaseLock, "wait">;
  readonly #target: string;
  readonly #schema: string;
  #pages: LogPages | null = null;
  #roots: SegmentRoots = { table: 0, index: 0 };
  /** How many transactions there will have been, by anyone, if nobody else has written; NaN when that is not known. */
  #expectedChange = Number.NaN;

  /** `database` is a connection in WAL mode that does the other transactions. `target`: its name, for sentences. */
  constructor(database: Database.Database, lock: Pick<DatabaseLock, "wait">, target: string) {
    this.#database = database;
    this.#lock = lock;
    this.#target = target;
    this.pageSize = Number(database.pragma("page_size", { simple: true }));
    this.#schema = this.#readSchema();
  }

  /** Within a transaction of the connection: it will have written something, and the log has frames. */
  noteTransaction(): void {
    this.#database.pragma(`user_version = ${SCHEMA_VERSION}`);
    this.#expectedChange++;
  }

  /** The connection has deleted segments, or its transaction came to nothing: pages may not be what they were. */
  forget(): void {
    this.#expectedChange = Number.NaN;
  }

  /**
   * Stores `segments` in a transaction of their own. Throws AnalyzeError DATABASE_WRITE when another program has made
   * `segments` another table meanwhile.
   */
  append(segments: SegmentBuffer): void {
    const pages = this.#begin();
    try {
      if (pages.change !== this.#expectedChange) this.#lookAnew(pages, segments);
      segments.moveTo(pages, this.#roots);
      pages.commit();
      this.#expectedChange = pages.change;
    } finally {
      // Nothing of the connection's own: it lets go of the lock, and will see that somebody has written.
      this.#database.exec("COMMIT");
    }
  }

  /** Once no connection of this process has the database open. Safe to call twice. */
  close(): void {
    this.#pages?.close();
    this.#pages = null;
  }

  /** Takes the lock; the log has frames then. */
  #begin(): LogPages {
    for (;;) {
      // SQLite begins the log anew where all of it is in the database; we do not.
      this.#lock.wait(() => this.#database.exec("BEGIN IMMEDIATE"));
      this.noteTransaction();
      this.#database.exec("COMMIT");
      this.#lock.wait(() => this.#database.exec("BEGIN IMMEDIATE"));
      try {
        this.#pages ??= new LogPages(realpathSync(this.#database.name), this.pageSize);
        this.#pages.begin();
      } catch (error) {
        this.#database.exec("ROLLBACK");
        throw error;
      }
      if (this.#pages.frames > 0) return this.#pages;
      // Somebody else has emptied the log in between.
      this.#database.exec("COMMIT");
    }
  }

  /** Somebody else has written: what SQLite would see to, and where the trees are now. */
  #lookAnew(pages: LogPages, segments: SegmentBuffer): void {
    pages.forget();
    const ask = (sql: string): number => Number(this.#database.prepare(sql).pluck().get() ?? 0);
    const isOurs = pages.isPlain && this.#readSchema() === this.#schema;
    if (!isOurs || ask("SELECT max(id) FROM segments") > segments.lastIdBefore) {
      const sentence = `cannot write the database ${this.#target}: another program has changed its table segments`;
      throw new AnalyzeError("DATABASE_WRITE", sentence);
    }
    const rootOf = (name: string): number => ask(`SELECT rootpage FROM sqlite_schema WHERE name = '${name}'`);
    this.#roots = { table: rootOf("segments"), index: rootOf("segments_flow_id") };
  }

  #readSchema(): string {
    return JSON.stringify(this.#database.prepare(SCHEMA).raw().all());
  }
}
