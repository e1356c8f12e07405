import type { SegmentBatch } from "../decode/segment-batch.js";
import type { Repeat } from "../flows/causes/repeat-log.js";
import { assertReplaceable } from "./assert-replaceable.js";
import { createDatabase, PAGE_BYTES, type RootPages } from "./create-database.js";
import { DatabaseTables } from "./database-tables.js";
import { type FlowRow, FlowRows } from "./flow-rows.js";
import { RepeatRows } from "./repeat-rows.js";
import { ScratchFiles } from "./scratch-files.js";
import type { OptionText } from "./segment-rows.js";
import { type SegmentsPlace, SegmentsWriter } from "./segments-writer.js";
import type { TablesPlace } from "./shared-tables.js";
import { IndexWriter } from "./sqlite-file/index-writer.js";
import { PageFile, type WriteFunction } from "./sqlite-file/page-file.js";
import { RecordSpool } from "./sqlite-file/record-spool.js";
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
 * Writes a new database: segments and statistics at once, then (`finishTimelines`) flows, which wait till then, and everything
 * else. Nothing is at the target before `DatabaseTables.commit`. When a call fails, the temporaries are gone.
 *
 * Another thread may write the segments and the statistics (`shareTables`); this one goes on behind them (`takeOver`).
 */
export class DatabaseWriter {
  readonly #target: string;
  readonly #timeline: "all" | "flagged" | "none";
  readonly #scratch: ScratchFiles;
  readonly #roots: RootPages;
  readonly #file: PageFile;
  /** They and the repeated segments come while another thread writes, so their pages wait; and without one, for the same octets. */
  readonly #flows: RecordSpool;
  readonly #flowRows: FlowRows;
  readonly #repeats: RecordSpool;
  readonly #repeatRows: RepeatRows;
  readonly #write: WriteFunction | undefined;
  /** Undefined until segments come, and when another thread writes them. */
  #segments: SegmentsWriter | undefined;
  /** Undefined when another thread writes them. */
  #statistics: StatisticsRows | undefined;
  #tables: DatabaseTables | undefined;

  /** `target` is a path, or `:memory:` for a database that `close` removes. */
  constructor(target: string, options: DatabaseWriterOptions = {}) {
    assertReplaceable(target);
    this.#target = target;
    this.#timeline = options.timeline ?? "all";
    this.#write = options.write;
    const fileOptions = options.write === undefined ? {} : { write: options.write };
    this.#scratch = new ScratchFiles(target);
    try {
      this.#roots = createDatabase(this.#scratch.database, PAGE_BYTES);
      this.#file = new PageFile(this.#scratch.database, fileOptions);
    } catch (error) {
      this.#scratch.remove();
      throw asWriteError(target, error);
    }
    this.#flows = new RecordSpool(this.#scratch.flows, fileOptions);
    this.#flowRows = new FlowRows(this.#flows);
    this.#repeats = new RecordSpool(this.#scratch.repeats, fileOptions);
    this.#repeatRows = new RepeatRows(this.#repeats);
    this.#statistics = new StatisticsRows(new IndexWriter(this.#file, this.#roots.flowStatistics));
  }

  /**
   * Where SharedTables of another thread are to write; they, and not this writer, take the segments and the statistics
   * from now on, and finish both before `takeOver`.
   */
  shareTables(): TablesPlace {
    this.#statistics = undefined;
    return {
      target: this.#target,
      database: this.#scratch.database,
      segments: this.#timeline === "none" ? null : this.#segmentsPlace,
      statistics: this.#roots.flowStatistics,
    };
  }

  /** Goes on behind `pageCount` pages: the other thread has written what it had. Before `finishTimelines`. */
  takeOver(pageCount: number): void {
    this.#file.takeOver(pageCount);
  }

  /**
   * Appends segments in capture order. The flow table has filled their columns; `textOf` is asked for rows that have
   * options other than timestamps, default: as they are in the batch.
   */
  appendSegments(batch: SegmentBatch, captureId: number, textOf?: OptionText): void {
    if (this.#timeline === "none") return;
    try {
      this.#segments ??= new SegmentsWriter(
        this.#file,
        this.#segmentsPlace,
        this.#write === undefined ? {} : { write: this.#write },
      );
      this.#segments.append(batch, captureId, textOf);
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
      if (this.#statistics === undefined) throw new Error("another thread writes the statistics");
      this.#statistics.append(row);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Ends segments, statistics and flows; from here on the database is SQLite's. */
  finishTimelines(): DatabaseTables {
    try {
      this.#segments?.finish();
      this.#statistics?.finish();
      this.#drain(this.#flows, this.#roots.flows);
      this.#drain(this.#repeats, this.#roots.repeatedSegments);
      this.#file.finish();
      this.#tables = new DatabaseTables(this.#target, this.#scratch, this.#timeline === "flagged");
      return this.#tables;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Removes all that is temporary: before `commit` everything, after it a `:memory:` database. Safe to call twice. */
  close(): void {
    this.#segments?.close();
    this.#flows.close();
    this.#repeats.close();
    this.#file.close();
    if (this.#tables !== undefined) this.#tables.close();
    else this.#scratch.remove();
  }

  get #segmentsPlace(): SegmentsPlace {
    return { runs: this.#scratch.runs, table: this.#roots.segments, index: this.#roots.segmentsFlowId };
  }

  #drain(spool: RecordSpool, rootPage: number): void {
    const table = new TableWriter(this.#file, rootPage);
    spool.drainTo(table);
    spool.close();
    table.finish();
  }

  #failed(error: unknown): unknown {
    this.close();
    return asWriteError(this.#target, error);
  }
}
