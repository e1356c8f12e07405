import type { SegmentBatch } from "../decode/segment-batch.js";
import { optionText } from "./option-text.js";
import { appendSegmentRows, type OptionText } from "./segment-rows.js";
import { IndexWriter } from "./sqlite-file/index-writer.js";
import type { PageFile, WriteFunction } from "./sqlite-file/page-file.js";
import { RunSorter } from "./sqlite-file/run-sorter.js";
import { TableWriter } from "./sqlite-file/table-writer.js";

/** Where the segments of a database go. Plain data: another thread may be told. */
export interface SegmentsPlace {
  /** The scratch file of their index. */
  readonly runs: string;
  /** Root pages of `segments` and of its index. */
  readonly table: number;
  readonly index: number;
}

export interface SegmentsWriterOptions {
  /** Writes in the place of node:fs. */
  readonly write?: WriteFunction;
}

/** Writes `segments` and its index on `flow_id`, in whichever thread. Errors of the system come as they are. */
export class SegmentsWriter {
  readonly #file: PageFile;
  readonly #indexRoot: number;
  readonly #table: TableWriter;
  readonly #flowIds: RunSorter;

  /** `file` is the database. */
  constructor(file: PageFile, place: SegmentsPlace, options: SegmentsWriterOptions = {}) {
    this.#file = file;
    this.#indexRoot = place.index;
    this.#table = new TableWriter(file, place.table);
    this.#flowIds = new RunSorter(place.runs, options);
  }

  /** Appends segments in capture order; the flow table has filled their columns. */
  append(batch: SegmentBatch, captureId: number, textOf: OptionText = optionText): void {
    appendSegmentRows(this.#table, batch, captureId, textOf);
    this.#flowIds.add(batch.flow, batch.length);
  }

  /** Writes the last pages of the table, and the index. */
  finish(): void {
    this.#table.finish();
    const index = new IndexWriter(this.#file, this.#indexRoot);
    this.#flowIds.drainTo(index);
    this.#flowIds.close();
    index.finish();
  }

  /** Removes the scratch file; safe to call at any time and twice. */
  close(): void {
    this.#flowIds.close();
  }
}
