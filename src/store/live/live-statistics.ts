import type Database from "better-sqlite3";
import type { SegmentBatch } from "../../decode/segment-batch.js";
import { isClosed } from "../../flows/statistics/derived.js";
import { FlowStatistics } from "../../flows/statistics/flow-statistics.js";
import { createStatisticsRecord } from "../../flows/statistics/statistics-record.js";
import { createStatisticsRow, fillStatisticsRow } from "../fill-statistics-row.js";
import { insertSql } from "../insert-columns.js";
import type { SqlValue } from "../sql-value.js";
import type { StatisticsRow } from "../statistics-rows.js";
import { exactValue } from "./exact-value.js";

const COLUMNS = Object.keys(createStatisticsRow()) as readonly (keyof StatisticsRow)[];
/** Flows whose rows one commit replaces, at some 20 µs each: segments must not wait long for it. */
const FLOWS_OF_COMMIT = 2048;

/**
 * The statistics of a live capture: kept where its segments are written, as those of a file (docs/adr/0005), and stored
 * for the flows that changed, those that wait longest first. A record goes with its flow; its rows stay as they were then.
 */
export class LiveStatistics {
  readonly #flows = new FlowStatistics();
  readonly #record = createStatisticsRecord();
  readonly #row = createStatisticsRow();
  readonly #put: Database.Statement<SqlValue[]>;
  readonly #isStored: Database.Statement<[number], number>;
  /** Flows whose rows are older than they are. */
  readonly #changed = new Set<number>();

  constructor(database: Database.Database) {
    this.#put = database.prepare<SqlValue[]>(insertSql("flow_statistics", COLUMNS, "INSERT OR REPLACE"));
    this.#isStored = database.prepare<[number], number>("SELECT 1 FROM flows WHERE id = ?").pluck();
  }

  /** Takes a batch that the flow table has filled. */
  noteBatch(batch: SegmentBatch): void {
    this.#flows.noteBatch(batch);
  }

  /** The flow's row in the database is a new one. */
  noteChanged(id: number): void {
    this.#changed.add(id);
  }

  /**
   * Within a transaction: stores rows of flows that changed, and those of all `forgotten` ones for the last time.
   * `endNs`: when the latest frame was captured, nanoseconds since the origin.
   */
  store(forgotten: readonly number[], endNs: number): void {
    for (const id of forgotten) {
      if (this.#changed.delete(id)) this.#storeFlow(id, endNs);
      if (this.#flows.has(id)) this.#flows.forget(id);
    }
    let left = FLOWS_OF_COMMIT;
    for (const id of this.#changed) {
      if (left-- === 0) break;
      this.#changed.delete(id);
      this.#storeFlow(id, endNs);
    }
  }

  /** Within a transaction, when nothing more comes: stores what has changed, and that open flows are silent until `endNs`. */
  storeAll(endNs: number): void {
    const flows = this.#flows;
    const record = this.#record;
    for (let id = flows.nextId(0); id !== null; id = flows.nextId(id)) {
      flows.seek(record, id);
      if (this.#changed.has(id) || !isClosed(record.client, record.server)) this.#storeFlow(id, endNs);
    }
    this.#changed.clear();
  }

  close(): void {
    this.#flows.close();
  }

  #storeFlow(id: number, endNs: number): void {
    // One that --ring has let go has no rows either, until more of it comes.
    if (!this.#flows.has(id) || this.#isStored.get(id) === undefined) return;
    this.#flows.seek(this.#record, id);
    for (const sender of ["client", "server"] as const)
      if (fillStatisticsRow(this.#row, this.#record, sender, endNs))
        this.#put.run(...COLUMNS.map((column) => exactValue(this.#row[column])));
  }
}
