import { realpathSync } from "node:fs";
import type Database from "better-sqlite3";
import { SCHEMA_VERSION } from "../create-database.js";
import { LogPages } from "../wal/log-pages.js";
import type { DatabaseLock } from "./database-lock.js";
import type { SegmentBuffer, SegmentRoots } from "./segment-buffer.js";

/**
 * Puts segments and their index into a database in WAL mode without SQLite, which takes four times as long: docs/adr/0007.
 * SQLite's own transactions come in between, by a connection that never touches these two b-trees but in `forget`.
 */
export class SegmentLog {
  readonly pageSize: number;
  readonly #database: Database.Database;
  readonly #lock: Pick<DatabaseLock, "wait">;
  readonly #roots: Database.Statement<[string], number>;
  #pages: LogPages | null = null;
  /** How many transactions there will have been, by anyone, if nobody else writes. */
  #expectedChange = 0;

  /** `database` is a connection in WAL mode that does the other transactions. */
  constructor(database: Database.Database, lock: Pick<DatabaseLock, "wait">) {
    this.#database = database;
    this.#lock = lock;
    this.pageSize = Number(database.pragma("page_size", { simple: true }));
    this.#roots = database
      .prepare<[string], number>("SELECT rootpage FROM sqlite_schema WHERE name = ?")
      .pluck();
  }

  /** Within a transaction of the connection: it will have written something, and the log has frames. */
  noteTransaction(): void {
    this.#database.pragma(`user_version = ${SCHEMA_VERSION}`);
    this.#expectedChange++;
  }

  /** The connection has deleted segments: pages are not what they were. */
  forget(): void {
    this.#pages?.forget();
  }

  /** Stores `segments` in a transaction of their own. */
  append(segments: SegmentBuffer): void {
    const pages = this.#begin();
    try {
      if (pages.change !== this.#expectedChange) pages.forget();
      segments.moveTo(pages, this.#findRoots());
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

  #findRoots(): SegmentRoots {
    const [table, index] = ["segments", "segments_flow_id"].map((name) => this.#roots.get(name));
    if (table === undefined || index === undefined)
      throw new Error("the database has no table of segments any more");
    return { table, index };
  }
}
