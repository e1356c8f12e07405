import type { SegmentBatch } from "../../decode/segment-batch.js";
import { LIVE_RESIDENT_BYTES } from "../../flows/flow-store.js";
import { isClosed } from "../../flows/statistics/derived.js";
import { FlowStatistics } from "../../flows/statistics/flow-statistics.js";
import { createStatisticsRecord } from "../../flows/statistics/statistics-record.js";
import { createStatisticsRow, fillStatisticsRow } from "../fill-statistics-row.js";
import type { StatisticsRow } from "../statistics-rows.js";

/** Flows whose rows one commit replaces, at 12 to 18 µs each: segments must not wait long for it. */
const FLOWS_OF_COMMIT = 8192;

/** Takes rows, always the same object. */
export interface StatisticsSink {
  append(row: StatisticsRow): void;
}

/**
 * The statistics of a live capture: kept where its segments are written, as those of a file (docs/adr/0005), and stored
 * for the flows that changed, those that wait longest first. A record goes with its flow; its rows stay as they were then.
 */
export class LiveStatistics {
  readonly #flows = new FlowStatistics(1, LIVE_RESIDENT_BYTES);
  readonly #record = createStatisticsRecord();
  readonly #row = createStatisticsRow();
  /** Flows whose rows are older than they are. */
  readonly #changed = new Set<number>();

  /** Takes a batch that the flow table has filled. */
  noteBatch(batch: SegmentBatch): void {
    this.#flows.noteBatch(batch);
  }

  /** The flow's row in the database is a new one. */
  noteChanged(id: number): void {
    this.#changed.add(id);
  }

  /**
   * Gives rows of flows that changed, in the order of `flow_statistics`, among them those of all `forgotten` ones for the
   * last time. `endNs`: when the latest frame was captured, nanoseconds since the origin.
   */
  take(rows: StatisticsSink, forgotten: readonly number[], endNs: number): void {
    const ids: number[] = [];
    for (const id of forgotten) if (this.#changed.delete(id)) ids.push(id);
    for (const id of this.#changed) {
      if (ids.length >= FLOWS_OF_COMMIT) break;
      this.#changed.delete(id);
      ids.push(id);
    }
    for (const id of Float64Array.from(ids).sort()) this.#put(rows, id, endNs);
    for (const id of forgotten) if (this.#flows.has(id)) this.#flows.forget(id);
  }

  /**
   * The same when nothing more comes: those of all flows that changed, and of open ones, which are silent until `endNs`
   * unless they are forgotten.
   */
  takeAll(rows: StatisticsSink, forgotten: readonly number[], endNs: number): void {
    const gone = new Set(forgotten);
    const flows = this.#flows;
    const record = this.#record;
    for (let id = flows.nextId(0); id !== null; id = flows.nextId(id)) {
      flows.seek(record, id);
      const isOpen = !gone.has(id) && !isClosed(record.client, record.server);
      if (isOpen || this.#changed.has(id)) this.#put(rows, id, endNs);
    }
    this.#changed.clear();
  }

  close(): void {
    this.#flows.close();
  }

  #put(rows: StatisticsSink, id: number, endNs: number): void {
    if (!this.#flows.has(id)) return;
    this.#flows.seek(this.#record, id);
    for (const sender of ["client", "server"] as const)
      if (fillStatisticsRow(this.#row, this.#record, sender, endNs)) rows.append(this.#row);
  }
}
