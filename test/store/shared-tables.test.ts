import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { AnalyzeError } from "../../src/errors.js";
import { DatabaseWriter } from "../../src/store/database-writer.js";
import { createStatisticsRow } from "../../src/store/fill-statistics-row.js";
import { openDatabase } from "../../src/store/open-database.js";
import { SharedTables } from "../../src/store/shared-tables.js";
import { ACK } from "../../src/tcp/flags.js";
import { Mounts, skipBecause } from "../support/mounts.js";
import { captureRow, flowRow, segmentBatch } from "./sample-rows.js";
import { useScratchFolder } from "./scratch-folder.js";
import { integrityOf } from "./sqlite-file/empty-database.js";

const ROWS = 4096;
/** Pages of several megabytes: more than a PageFile buffers. */
const ROUNDS = 20;
const FLOWS = 2000;

describe("tables that another writer than the rest's has written", () => {
  const mounts = new Mounts();
  // Before the folder is removed, so above it.
  afterEach(() => mounts.undo());
  const folder = useScratchFolder();

  const { batch } = segmentBatch(
    Array.from({ length: ROWS }, (_, row) => ({
      flow: 1 + ((row * 7) % FLOWS),
      frame: row + 1,
      flags: ACK,
      seq: row,
      ack: 1,
    })),
  );
  batch.captureId = 1;

  function appendFlows(writer: DatabaseWriter, first: number): void {
    for (let id = first; id < first + FLOWS; id++) writer.appendFlow(flowRow({ id }));
  }

  function appendStatistics(tables: DatabaseWriter | SharedTables, first: number): void {
    const row = createStatisticsRow();
    for (let id = first; id < first + FLOWS; id++)
      tables.appendStatistics({ ...row, flowId: id, segments: id });
  }

  function commit(writer: DatabaseWriter): void {
    const tables = writer.finishTimelines();
    tables.insert("captures", captureRow());
    tables.commit();
  }

  it("lie in the same octets as if one had written all", () => {
    const one = new DatabaseWriter(folder.path("one.db"));
    for (const first of [1, FLOWS + 1]) {
      for (let round = 0; round < ROUNDS; round++) one.appendSegments(batch, 1);
      appendStatistics(one, first);
      appendFlows(one, first);
    }
    commit(one);

    const two = new DatabaseWriter(folder.path("two.db"));
    const shared = new SharedTables(two.shareTables());
    for (const first of [1, FLOWS + 1]) {
      for (let round = 0; round < ROUNDS; round++) shared.appendSegments(batch);
      appendStatistics(shared, first);
      appendFlows(two, first);
    }
    two.takeOver(shared.finish());
    shared.close();
    commit(two);

    expect(integrityOf(folder.path("two.db"))).to.equal("ok");
    expect(readFileSync(folder.path("two.db")).equals(readFileSync(folder.path("one.db")))).to.equal(true);
  });

  it("are the statistics alone when no segments are kept", () => {
    const path = folder.path("t.db");
    const writer = new DatabaseWriter(path, { timeline: "none" });
    const shared = new SharedTables(writer.shareTables());
    shared.appendSegments(batch);
    appendStatistics(shared, 1);
    appendFlows(writer, 1);
    writer.takeOver(shared.finish());
    shared.close();
    commit(writer);
    expect(integrityOf(path)).to.equal("ok");
    const database = openDatabase(path);
    const counts =
      "SELECT (SELECT count(*) FROM segments) AS segments, (SELECT sum(segments) FROM flow_statistics) AS sum";
    expect(database.selectAll(counts)).to.deep.equal([{ segments: 0, sum: (FLOWS * (FLOWS + 1)) / 2 }]);
    database.close();
  });

  it("are written by the other writer alone", () => {
    const writer = new DatabaseWriter(folder.path("t.db"));
    writer.shareTables();
    expect(() => appendStatistics(writer, 1)).to.throw("another thread writes the statistics");
  });

  it("say in one sentence that the disk is full, naming the database as the user did", function () {
    const refused = mounts.mount(folder.path("disk"), "size=2m");
    if (refused !== null) return skipBecause(this, refused);
    const path = folder.path("disk/t.db");
    const writer = new DatabaseWriter(path);
    const shared = new SharedTables(writer.shareTables());
    expect(() => {
      for (let round = 0; round < ROUNDS; round++) shared.appendSegments(batch);
      shared.finish();
    }).to.throw(AnalyzeError, `cannot write the database ${path}: the disk is full`);
    shared.close();
    writer.close();
    expect(readdirSync(folder.path("disk"))).to.deep.equal([]);
  });
});
