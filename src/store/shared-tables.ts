import type { SegmentBatch } from "../decode/segment-batch.js";
import { type SegmentsPlace, SegmentsWriter } from "./segments-writer.js";
import { IndexWriter } from "./sqlite-file/index-writer.js";
import { PageFile } from "./sqlite-file/page-file.js";
import { type StatisticsRow, StatisticsRows } from "./statistics-rows.js";
import { asWriteError } from "./write-error.js";

/** Where the tables that another thread writes go. Plain data, so that it may be told. */
export interface TablesPlace {
  /** The database as the user named it, for what is said when it cannot be written. */
  readonly target: string;
  /** The database in the making. */
  readonly database: string;
  /** Null when no segments are kept. */
  readonly segments: SegmentsPlace | null;
  /** Root page of `flow_statistics`. */
  readonly statistics: number;
}

/**
 * `segments` and `flow_statistics` of a database whose other tables another thread writes: this one's half of
 * DatabaseWriter.shareTables. Throws AnalyzeError when the system refuses.
 */
export class SharedTables {
  readonly #place: TablesPlace;
  readonly #file: PageFile;
  readonly #segments: SegmentsWriter | null;
  readonly #statistics: StatisticsRows;

  constructor(place: TablesPlace) {
    this.#place = place;
    this.#file = this.#try(() => new PageFile(place.database));
    this.#segments = place.segments === null ? null : new SegmentsWriter(this.#file, place.segments);
    this.#statistics = new StatisticsRows(new IndexWriter(this.#file, place.statistics));
  }

  /** Appends segments in capture order, when they are kept; the flow table has filled their columns. */
  appendSegments(batch: SegmentBatch): void {
    this.#try(() => this.#segments?.append(batch, batch.captureId));
  }

  /** Appends what one end of a flow sent, in id order, the client's row first; the object may be used again. */
  appendStatistics(row: StatisticsRow): void {
    this.#try(() => this.#statistics.append(row));
  }

  /** Ends the tables, writes the index of segments, and returns the page count, behind which the other thread goes on. */
  finish(): number {
    return this.#try(() => {
      this.#segments?.finish();
      this.#statistics.finish();
      return this.#file.handOver();
    });
  }

  /** Safe to call at any time and twice. */
  close(): void {
    this.#segments?.close();
    this.#file.close();
  }

  #try<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw asWriteError(this.#place.target, error);
    }
  }
}
