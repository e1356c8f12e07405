import type { FileFacts } from "../decode/decode-series.js";
import type { SegmentBatch } from "../decode/segment-batch.js";
import { FlowStatistics } from "../flows/statistics/flow-statistics.js";
import { createStatisticsRecord } from "../flows/statistics/statistics-record.js";
import { createStatisticsRow, fillStatisticsRow } from "./fill-statistics-row.js";
import type { StatisticsRow } from "./statistics-rows.js";

/**
 * The statistics of a run's streams, one after the other: takes what is read of a stream, when flows have seen it, and
 * gives its rows at its end. Runs wherever rows of segments are written.
 */
export class StreamStatistics {
  readonly #append: (row: StatisticsRow) => void;
  readonly #record = createStatisticsRecord();
  readonly #row = createStatisticsRow();
  #flows = new FlowStatistics();
  /** When the latest frame of the stream was captured; nanoseconds since the origin. */
  #endNs = 0;

  /** `append` gets rows in the order of `flow_statistics`, always the same object. */
  constructor(append: (row: StatisticsRow) => void) {
    this.#append = append;
  }

  /** Takes a batch that the flow table has filled. */
  noteBatch(batch: SegmentBatch): void {
    this.#flows.noteBatch(batch);
  }

  /** Takes what is known of a file of the stream. */
  noteFile({ endNs }: FileFacts): void {
    this.#endNs = Math.max(this.#endNs, endNs ?? 0);
  }

  /** Gives the rows of the stream's flows. The ids of the next stream's go on behind them. */
  endStream(): void {
    const flows = this.#flows;
    const nextId = flows.firstId + flows.count;
    flows.beginEnding();
    for (let id = flows.firstId; id < nextId; id++) {
      flows.seek(this.#record, id);
      for (const sender of ["client", "server"] as const)
        if (fillStatisticsRow(this.#row, this.#record, sender, this.#endNs)) this.#append(this.#row);
    }
    flows.close();
    this.#flows = new FlowStatistics(nextId);
    this.#endNs = 0;
  }

  /** Lets the memory of an unfinished stream go. */
  close(): void {
    this.#flows.close();
  }
}
