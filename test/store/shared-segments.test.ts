import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { AnalyzeError } from "../../src/errors.js";
import { DatabaseWriter } from "../../src/store/database-writer.js";
import { SharedSegments } from "../../src/store/shared-segments.js";
import { ACK } from "../../src/tcp/flags.js";
import { Mounts, skipBecause } from "../support/mounts.js";
import { captureRow, flowRow, segmentBatch } from "./sample-rows.js";
import { useScratchFolder } from "./scratch-folder.js";
import { integrityOf } from "./sqlite-file/empty-database.js";

const ROWS = 4096;
/** Pages of several megabytes: more than a PageFile buffers. */
const ROUNDS = 20;
const FLOWS = 2000;

describe("segments that another writer than the rest's has written", () => {
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

  function commit(writer: DatabaseWriter): void {
    const tables = writer.finishTimelines();
    tables.insert("captures", captureRow());
    tables.commit();
  }

  it("lie in the same octets as if one had written all", () => {
    const one = new DatabaseWriter(folder.path("one.db"));
    for (const first of [1, FLOWS + 1]) {
      for (let round = 0; round < ROUNDS; round++) one.appendSegments(batch, 1);
      appendFlows(one, first);
    }
    commit(one);

    const two = new DatabaseWriter(folder.path("two.db"));
    const segments = new SharedSegments(two.shareSegments()!);
    for (const first of [1, FLOWS + 1]) {
      segments.takeOver(two.handOver());
      for (let round = 0; round < ROUNDS; round++) segments.append(batch);
      two.takeOver(segments.handOver());
      appendFlows(two, first);
    }
    segments.takeOver(two.handOver());
    segments.finish();
    two.takeOver(segments.handOver());
    commit(two);

    expect(integrityOf(folder.path("two.db"))).to.equal("ok");
    expect(readFileSync(folder.path("two.db")).equals(readFileSync(folder.path("one.db")))).to.equal(true);
  });

  it("have no place when none are kept", () => {
    const writer = new DatabaseWriter(folder.path("t.db"), { timeline: "none" });
    expect(writer.shareSegments()).to.equal(null);
    writer.close();
  });

  it("say in one sentence that the disk is full, naming the database as the user did", function () {
    const refused = mounts.mount(folder.path("disk"), "size=2m");
    if (refused !== null) return skipBecause(this, refused);
    const path = folder.path("disk/t.db");
    const writer = new DatabaseWriter(path);
    const segments = new SharedSegments(writer.shareSegments()!);
    segments.takeOver(writer.handOver());
    expect(() => {
      for (let round = 0; round < ROUNDS; round++) segments.append(batch);
      segments.handOver();
    }).to.throw(AnalyzeError, `cannot write the database ${path}: the disk is full`);
    segments.close();
    writer.close();
    expect(readdirSync(folder.path("disk"))).to.deep.equal([]);
  });
});
