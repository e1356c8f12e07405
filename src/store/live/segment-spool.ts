import { readFileSync, rmSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import type { SegmentBatch } from "../../decode/segment-batch.js";
import { PAGE_BYTES } from "../create-database.js";
import { type SegmentsPlace, SegmentsWriter } from "../segments-writer.js";
import { putUnsigned32BigEndian } from "../sqlite-file/big-endian.js";
import { PageFile } from "../sqlite-file/page-file.js";

/** Rows that the index of one filling is sorted in, at a time. */
const SORTED_ROWS = 1 << 16;
/** Offset of the file change counter in a database's header: SQLite reads a file anew when it differs. Section 1.3.6. */
const CHANGE_COUNTER_AT = 24;

/**
 * A small database with nothing but a table `segments`, written as pages without SQLite. `INSERT INTO segments SELECT *
 * FROM spool.segments` then copies whole records, three times as fast as values can be bound (docs/adr/0006).
 */
export class SegmentSpool {
  readonly path: string;
  readonly #empty: Uint8Array;
  readonly #place: SegmentsPlace;
  #changes = 1;
  #file: PageFile | null = null;
  #segments: SegmentsWriter | null = null;

  /** `path` is a file of its own; `schema` makes `segments` and its index, as in the database that it is copied to. */
  constructor(path: string, schema: readonly string[]) {
    this.path = path;
    rmSync(path, { force: true });
    const database = new Database(path);
    try {
      database.pragma(`page_size = ${PAGE_BYTES}`);
      database.pragma("journal_mode = OFF");
      for (const sql of schema) database.exec(sql);
      const roots = new Map(
        database
          .prepare<[], { name: string; rootpage: number }>("SELECT name, rootpage FROM sqlite_schema")
          .all()
          .map(({ name, rootpage }) => [name, rootpage]),
      );
      const [table, index] = [roots.get("segments"), roots.get("segments_flow_id")];
      if (table === undefined || index === undefined) throw new Error("the schema makes no segments");
      this.#place = { runs: `${path}-runs`, table, index };
    } finally {
      database.close();
    }
    this.#empty = readFileSync(path);
  }

  /** Whether rows were appended since it was emptied. */
  get hasRows(): boolean {
    return this.#segments !== null;
  }

  /** Appends segments whose ids follow `lastId`, and then each other; returns the last one's. */
  append(batch: SegmentBatch, captureId: number, lastId: number): number {
    if (this.#segments === null) {
      this.#changes += 2;
      putUnsigned32BigEndian(this.#empty, CHANGE_COUNTER_AT, this.#changes);
      writeFileSync(this.path, this.#empty);
      this.#file = new PageFile(this.path);
      this.#segments = new SegmentsWriter(this.#file, this.#place, { lastId, blockKeys: SORTED_ROWS });
    }
    this.#segments.append(batch, captureId);
    return this.#segments.lastId;
  }

  /** The rows can be read by SQLite now; the next ones appended take their place. */
  finish(): void {
    this.#segments?.finish();
    this.#segments?.close();
    this.#file?.finish();
    this.#segments = null;
    this.#file = null;
  }

  /** Removes the file. Safe to call twice. */
  close(): void {
    this.#segments?.close();
    this.#file?.close();
    rmSync(this.path, { force: true });
  }
}
