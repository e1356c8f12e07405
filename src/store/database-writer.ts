import type { SegmentBatch } from "../decode/segment-batch.js";
import type { Repeat } from "../flows/causes/repeat-log.js";
import { assertReplaceable } from "./assert-replaceable.js";
import { createDatabase, PAGE_BYTES, type RootPages } from "./create-database.js";
import { DatabaseTables } from "./database-tables.js";
import { type FlowRow, FlowRows } from "./flow-rows.js";
import { RepeatRows } from "./repeat-rows.js";
import { ScratchFiles } from "./scratch-files.js";
import { appendSegmentRows, type OptionText } from "./segment-rows.js";
import { IndexWriter } from "./sqlite-file/index-writer.js";
import { PageFile, type WriteFunction } from "./sqlite-file/page-file.js";
import { RunSorter } from "./sqlite-file/run-sorter.js";
import { TableWriter } from "./sqlite-file/table-writer.js";
import { type StatisticsRow, StatisticsRows } from "./statistics-rows.js";
import { asWriteError } from "./write-error.js";

export interface DatabaseWriterOptions {
  /** Whose segments are kept: of all flows, of flows with a finding, of none. Default all. */
  readonly timeline?: "all" | "flagged" | "none";
  /** Writes in the place of node:fs: tests fill the disk with it. */
  readonly write?: WriteFunction;
}

/**
 * Writes a new database: segments while they are read, then flows, then (`finishTimelines`) everything else. Nothing
 * is at the target before `DatabaseTables.commit`. When a call fails, the temporaries are gone.
 */
export class DatabaseWriter {
  readonly #target: string;
  readonly #timeline: "all" | "flagged" | "none";
  readonly #scratch: ScratchFiles;
  readonly #roots: RootPages;
  readonly #file: PageFile;
  readonly #segments: TableWriter;
  readonly #flows: TableWriter;
  readonly #flowRows: FlowRows;
  readonly #repeats: TableWriter;
  readonly #repeatRows: RepeatRows;
  readonly #statistics: IndexWriter;
  readonly #statisticsRows: StatisticsRows;
  readonly #flowIds: RunSorter;
  #tables: DatabaseTables | undefined;

  /** `target` is a path, or `:memory:` for a database that `close` removes. */
  constructor(target: string, options: DatabaseWriterOptions = {}) {
    assertReplaceable(target);
    this.#target = target;
    this.#timeline = options.timeline ?? "all";
    const fileOptions = options.write === undefined ? {} : { write: options.write };
    this.#scratch = new ScratchFiles(target);
    try {
      this.#roots = createDatabase(this.#scratch.database, PAGE_BYTES);
      this.#file = new PageFile(this.#scratch.database, fileOptions);
    } catch (error) {
      this.#scratch.remove();
      throw asWriteError(target, error);
    }
    this.#segments = new TableWriter(this.#file, this.#roots.segments);
    this.#flows = new TableWriter(this.#file, this.#roots.flows);
    this.#flowRows = new FlowRows(this.#flows);
    this.#repeats = new TableWriter(this.#file, this.#roots.repeatedSegments);
    this.#repeatRows = new RepeatRows(this.#repeats);
    this.#statistics = new IndexWriter(this.#file, this.#roots.flowStatistics);
    this.#statisticsRows = new StatisticsRows(this.#statistics);
    this.#flowIds = new RunSorter(this.#scratch.runs, fileOptions);
  }

  /**
   * Appends segments in capture order. The flow table has filled their columns; `optionText` is asked for rows that
   * have options other than timestamps.
   */
  appendSegments(batch: SegmentBatch, captureId: number, optionText: OptionText): void {
    if (this.#timeline === "none") return;
    try {
      appendSegmentRows(this.#segments, batch, captureId, optionText);
      this.#flowIds.add(batch.flow, batch.length);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Appends a flow, in id order; the object may be used again for the next. */
  appendFlow(row: FlowRow): void {
    try {
      this.#flowRows.append(row);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Appends a repeated segment whose judgement is final; the object may be used again for the next. */
  appendRepeat(row: Repeat): void {
    try {
      this.#repeatRows.append(row);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Appends what one end of a flow sent, in id order, the client's row first; the object may be used again. */
  appendStatistics(row: StatisticsRow): void {
    try {
      this.#statisticsRows.append(row);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Ends segments and flows; from here on the database is SQLite's. */
  finishTimelines(): DatabaseTables {
    try {
      this.#segments.finish();
      const index = new IndexWriter(this.#file, this.#roots.segmentsFlowId);
      this.#flowIds.drainTo(index);
      this.#flowIds.close();
      index.finish();
      this.#flows.finish();
      this.#statistics.finish();
      this.#repeats.finish();
      this.#file.finish();
      this.#tables = new DatabaseTables(this.#target, this.#scratch, this.#timeline === "flagged");
      return this.#tables;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Removes all that is temporary: before `commit` everything, after it a `:memory:` database. Safe to call twice. */
  close(): void {
    this.#flowIds.close();
    this.#file.close();
    if (this.#tables !== undefined) this.#tables.close();
    else this.#scratch.remove();
  }

  #failed(error: unknown): unknown {
    this.close();
    return asWriteError(this.#target, error);
  }
}
