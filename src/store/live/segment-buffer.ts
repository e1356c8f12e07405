import type { SegmentBatch } from "../../decode/segment-batch.js";
import { optionText } from "../option-text.js";
import { appendSegmentRows } from "../segment-rows.js";
import { SortColumns } from "../sqlite-file/radix-sort.js";
import { TableWriter } from "../sqlite-file/table-writer.js";
import { appendLeaves } from "../wal/append-leaves.js";
import { LeafList } from "../wal/leaf-list.js";
import type { LogPages } from "../wal/log-pages.js";
import { mergeEntries } from "../wal/merge-entries.js";

const FIRST_ROWS = 1 << 14;

/** Root pages of `segments` and of its index on `flow_id`. */
export interface SegmentRoots {
  readonly table: number;
  readonly index: number;
}

/** Segments on their way into the database, in memory: the leaves of their table, and the flow of each for the index. */
export class SegmentBuffer {
  readonly #leaves: LeafList;
  #table: TableWriter | null = null;
  #columns = new SortColumns(FIRST_ROWS);
  #rows = 0;
  /** Rowid of the row in front of the first. */
  lastIdBefore = 0;

  constructor(pageSize: number) {
    this.#leaves = new LeafList(pageSize);
  }

  get isEmpty(): boolean {
    return this.#rows === 0;
  }

  /** Appends segments whose ids follow `lastId`, and then each other; returns the last one's. */
  append(batch: SegmentBatch, captureId: number, lastId: number): number {
    if (this.#table === null) {
      this.lastIdBefore = lastId;
      this.#table = new TableWriter(this.#leaves, 0, lastId, this.#leaves);
    }
    appendSegmentRows(this.#table, batch, captureId, optionText);
    this.#noteFlows(batch.flow, batch.length);
    return this.#table.lastRowid;
  }

  /** Puts the segments, of which there are some, into the database; it is empty then, also when that fails. */
  moveTo(pages: LogPages, roots: SegmentRoots): void {
    const table = this.#table;
    if (table === null) return;
    try {
      table.finish();
      appendLeaves(pages, roots.table, this.#leaves, table.lastRowid);
      const columns = this.#columns;
      columns.sort(this.#rows);
      const { keys, rows } = columns;
      mergeEntries(pages, roots.index, { keys, rows, length: this.#rows, lastRowid: this.lastIdBefore });
    } finally {
      this.#table = null;
      this.#rows = 0;
      this.#leaves.clear();
    }
  }

  #noteFlows(flows: Uint32Array, length: number): void {
    if (this.#rows + length > this.#columns.keys.length) {
      const grown = new SortColumns(Math.max(this.#columns.keys.length * 2, this.#rows + length));
      grown.keys.set(this.#columns.keys.subarray(0, this.#rows));
      this.#columns = grown;
    }
    this.#columns.keys.set(flows.subarray(0, length), this.#rows);
    this.#rows += length;
  }
}
