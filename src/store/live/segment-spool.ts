import type { SegmentBatch } from "../../decode/segment-batch.js";
import { SegmentsWriter } from "../segments-writer.js";
import { SpoolFile } from "./spool-file.js";

/** Rows that the index of one filling is sorted in, at a time. */
const SORTED_ROWS = 1 << 18;

/**
 * Segments on their way into the database, all of a commit in one table: their index is sorted once, and so the database's
 * is added to mostly at its end. In tables of 16 384 rows each a row took three times as long (docs/adr/0006).
 */
export class SegmentSpool {
  readonly #file: SpoolFile;
  readonly #runs: string;
  #writer: SegmentsWriter | null = null;

  /** `path` is a file of its own; `schema` makes `segments` and its index, as in the database that it is copied to. */
  constructor(path: string, schema: readonly string[]) {
    this.#file = new SpoolFile(path, schema);
    this.#runs = `${path}-runs`;
  }

  /** Appends segments whose ids follow `lastId`, and then each other; returns the last one's. */
  append(batch: SegmentBatch, captureId: number, lastId: number): number {
    if (this.#writer === null) {
      const place = {
        runs: this.#runs,
        table: this.#file.root("segments"),
        index: this.#file.root("segments_flow_id"),
      };
      this.#writer = new SegmentsWriter(this.#file.begin(), place, { lastId, blockKeys: SORTED_ROWS });
    }
    this.#writer.append(batch, captureId);
    return this.#writer.lastId;
  }

  /** SQLite may read the rows now, if there are any, which it says; the next ones appended take their place. */
  finish(): boolean {
    if (this.#writer === null) return false;
    this.#writer.finish();
    this.#writer.close();
    this.#writer = null;
    this.#file.finish();
    return true;
  }

  /** Removes the file. Safe to call twice. */
  close(): void {
    this.#writer?.close();
    this.#writer = null;
    this.#file.close();
  }
}
