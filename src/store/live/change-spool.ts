import type Database from "better-sqlite3";
import { IndexWriter } from "../sqlite-file/index-writer.js";
import { eachRecord } from "../sqlite-file/record-block.js";
import { copyRecord, TableWriter } from "../sqlite-file/table-writer.js";
import { StatisticsRows } from "../statistics-rows.js";
import type { LiveChanges } from "./live-messages.js";
import { SpoolFile } from "./spool-file.js";

/**
 * Rows of flows, their statistics and repeated segments on their way into the database. New flows have a table of their own,
 * for only rows that replace none are copied whole.
 */
export class ChangeSpool {
  /** Statements that copy them, with the spool attached as `changes`; in this order. */
  readonly copies: readonly string[] = [
    "INSERT OR REPLACE INTO main.flows SELECT * FROM changes.flows",
    "INSERT INTO main.flows SELECT * FROM changes.new_flows",
    "INSERT OR REPLACE INTO main.flow_statistics SELECT * FROM changes.flow_statistics",
    "INSERT INTO main.repeated_segments SELECT * FROM changes.repeated_segments",
  ];
  readonly #file: SpoolFile;
  #lastFlowId = 0;

  /** `path` is a file of its own; `database` the one that they go to. */
  constructor(path: string, database: Database.Database) {
    const declared = database
      .prepare<[string], string>("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?")
      .pluck();
    const [flows, statistics, repeats] = ["flows", "flow_statistics", "repeated_segments"].map((name) =>
      String(declared.get(name)),
    );
    const newFlows = flows!.replace(/^CREATE TABLE flows\b/, "CREATE TABLE new_flows");
    this.#file = new SpoolFile(path, [flows!, newFlows, statistics!, repeats!]);
  }

  /** Fills it anew; `putStatistics` appends those of the flows, in the order of their key. */
  fill(changes: LiveChanges, putStatistics: (rows: StatisticsRows) => void): void {
    const pages = this.#file.begin();
    const flows = new TableWriter(pages, this.#file.root("flows"));
    const newFlows = new TableWriter(pages, this.#file.root("new_flows"), this.#lastFlowId);
    eachInOrder(changes.flows, (id, bytes, at, end) =>
      copyRecord(id <= this.#lastFlowId ? flows : newFlows, id, bytes, at, end),
    );
    this.#lastFlowId = newFlows.lastRowid;
    flows.finish();
    newFlows.finish();
    const statistics = new StatisticsRows(new IndexWriter(pages, this.#file.root("flow_statistics")));
    putStatistics(statistics);
    statistics.finish();
    const repeats = new TableWriter(pages, this.#file.root("repeated_segments"));
    eachInOrder(changes.repeats, (id, bytes, at, end) => copyRecord(repeats, id, bytes, at, end));
    repeats.finish();
    this.#file.finish();
  }

  /** Removes the file. Safe to call twice. */
  close(): void {
    this.#file.close();
  }
}

/** Gives the records of all blocks in the order of their rowids. */
function eachInOrder(
  blocks: readonly Uint8Array[],
  use: (rowid: number, bytes: Uint8Array, at: number, end: number) => void,
): void {
  const places: { rowid: number; bytes: Uint8Array; at: number; end: number }[] = [];
  for (const bytes of blocks) eachRecord(bytes, (rowid, at, end) => places.push({ rowid, bytes, at, end }));
  places.sort((a, b) => a.rowid - b.rowid);
  for (const { rowid, bytes, at, end } of places) use(rowid, bytes, at, end);
}
