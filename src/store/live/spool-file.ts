import { closeSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import Database from "better-sqlite3";
import { PAGE_BYTES } from "../create-database.js";
import { putUnsigned32BigEndian } from "../sqlite-file/big-endian.js";
import { PageFile, WRITE_BYTES } from "../sqlite-file/page-file.js";

/** Offset of the file change counter in a database's header: SQLite reads a file anew when it differs. Section 1.3.6. */
const CHANGE_COUNTER_AT = 24;

/**
 * A small database that is filled as pages without SQLite, read by it, and filled anew. `INSERT INTO t SELECT * FROM
 * spool.t` copies whole records where both tables are declared alike, three times as fast as values can be bound (docs/adr/0006).
 */
export class SpoolFile {
  readonly path: string;
  readonly #empty: Uint8Array;
  readonly #roots: ReadonlyMap<string, number>;
  #changes = 1;
  #file: PageFile | null = null;
  readonly #buffer = new Uint8Array(WRITE_BYTES);

  /** `path` is a file of its own; `schema` makes its tables and indexes. */
  constructor(path: string, schema: readonly string[]) {
    this.path = path;
    const database = new Database(":memory:");
    try {
      database.pragma(`page_size = ${PAGE_BYTES}`);
      for (const sql of schema) database.exec(sql);
      this.#roots = new Map(
        database
          .prepare<[], { name: string; rootpage: number }>("SELECT name, rootpage FROM sqlite_schema")
          .all()
          .map(({ name, rootpage }) => [name, rootpage]),
      );
      this.#empty = database.serialize();
    } finally {
      database.close();
    }
    // By us and not by SQLite, so that an error is known to be one of the temporary folder.
    writeFileSync(path, this.#empty);
  }

  /** Where the table or the index of that name begins. */
  root(name: string): number {
    const root = this.#roots.get(name);
    if (root === undefined) throw new Error(`the schema makes no ${name}`);
    return root;
  }

  /** The file with empty tables, to be filled; what was there before is gone. */
  begin(): PageFile {
    this.#file?.close();
    this.#changes += 2;
    putUnsigned32BigEndian(this.#empty, CHANGE_COUNTER_AT, this.#changes);
    this.#writeEmpty();
    this.#file = new PageFile(this.path, { buffer: this.#buffer });
    return this.#file;
  }

  /** What lies behind is not cut off: pages that are written over need not be allocated. */
  #writeEmpty(): void {
    const file = openSync(this.path, "r+");
    try {
      for (let done = 0; done < this.#empty.length; )
        done += writeSync(file, this.#empty, done, this.#empty.length - done, done);
    } finally {
      closeSync(file);
    }
  }

  /** All tables are whole: SQLite may read them. */
  finish(): void {
    this.#file?.finish();
    this.#file = null;
  }

  /** Removes the file. Safe to call twice. */
  close(): void {
    this.#file?.close();
    this.#file = null;
    rmSync(this.path, { force: true });
  }
}
