import { copyFileSync, existsSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "chai";
import { SegmentBatch } from "../../../src/decode/segment-batch.js";
import { AnalyzeError } from "../../../src/errors.js";
import type { FlowRow } from "../../../src/store/flow-rows.js";
import { DatabaseLock } from "../../../src/store/live/database-lock.js";
import { LiveDatabase } from "../../../src/store/live/live-database.js";
import type { LiveChanges, RingLimits } from "../../../src/store/live/live-messages.js";
import { placeDatabase } from "../../../src/store/live/place-database.js";
import { copyChecked } from "../copy-checked.js";
import { captureRow, findingRow } from "../sample-rows.js";
import { useScratchFolder } from "../scratch-folder.js";
import { commitAll } from "./commit-all.js";
import { flowRecords, flowsNamed } from "./flow-records.js";

const NO_LOCK = new DatabaseLock("live.db", new Int32Array(1), () => {});

const IPV4_WITHOUT_OPTIONS = 0x45;
const EVIDENCE = { role: "synack", captureId: 1, frame: 3, flowId: 1, timeNs: 2e6, note: null };
const NO_RING: RingLimits = { sizeBytes: null, ageNs: null };

function changes(given: Partial<LiveChanges> = {}): LiveChanges {
  return { rows: [], flows: [], repeats: [], findings: [], withdrawn: [], forgotten: [], endNs: 0, ...given };
}

/** Segments of the flows in turn, a millisecond apart. */
function segments(count: number, flowIds: readonly number[], firstNs = 0): SegmentBatch {
  const batch = new SegmentBatch(count);
  batch.bytes = new Uint8Array(64).fill(IPV4_WITHOUT_OPTIONS);
  batch.length = count;
  for (let row = 0; row < count; row++) {
    batch.flow[row] = flowIds[row % flowIds.length]!;
    batch.frame[row] = row + 1;
    batch.timeNs[row] = firstNs + row * 1e6;
  }
  return batch;
}

describe("LiveDatabase", () => {
  const opened: LiveDatabase[] = [];

  afterEach(() => {
    for (const database of opened.splice(0)) database.close();
  });
  const scratch = useScratchFolder();

  function open(ring = NO_RING): LiveDatabase {
    const database = placeDatabase(scratch.path("live.db"));
    const live = new LiveDatabase(
      { target: "live.db", database, spool: scratch.path("spool"), ring },
      NO_LOCK,
    );
    commitAll(live, changes({ rows: [{ table: "captures", rows: [captureRow({ kind: "live" })] }] }));
    opened.push(live);
    return live;
  }

  function ask(sql: string): unknown {
    const reader = new Database(scratch.path("live.db"), { readonly: true });
    try {
      return reader.prepare(sql).pluck().get();
    } finally {
      reader.close();
    }
  }

  it("shows readers segments with their flows, from commit to commit", () => {
    const live = open();
    live.append(segments(10, [1, 2]), 1);
    expect(ask("SELECT count(*) FROM segments")).to.equal(0);
    commitAll(live, changes({ flows: flowsNamed(1, 2) }));
    expect(ask("SELECT count(*) FROM segments JOIN flows ON flows.id = flow_id")).to.equal(10);
    live.append(segments(5, [2]), 1);
    live.append(segments(5, [3]), 1);
    commitAll(live, changes({ flows: flowsNamed(3) }));
    expect(ask("SELECT group_concat(id) FROM segments WHERE flow_id = 2")).to.equal(
      "2,4,6,8,10,11,12,13,14,15",
    );
    expect(ask("SELECT max(id) FROM segments")).to.equal(20);
  });

  it("copies whole records: the index of segments is sound", () => {
    const live = open();
    for (let round = 0; round < 5; round++) {
      live.append(segments(20_000, [1, 2, 3, 500, 7]), 1);
      commitAll(live, changes({ flows: flowsNamed(1, 2, 3, 7, 500) }));
    }
    expect(ask("PRAGMA integrity_check")).to.equal("ok");
    expect(ask("SELECT count(*) FROM segments INDEXED BY segments_flow_id WHERE flow_id = 500")).to.equal(
      20_000,
    );
  });

  it("has rows that keep the columns' CHECKs, which SQLite leaves out while it writes", () => {
    const live = open();
    commitAll(
      live,
      changes({ flows: flowsNamed(1), findings: [findingRow({ id: 4, evidence: [EVIDENCE] })] }),
    );
    copyChecked(scratch.path("live.db"));
    commitAll(
      live,
      changes({ flows: flowRecords({ id: 2, clientKnownBy: "nobody" as FlowRow["clientKnownBy"] }) }),
    );
    expect(() => copyChecked(scratch.path("live.db"))).to.throw("CHECK constraint failed: client_known_by");
  });

  it("puts a flow in the place of what it was", () => {
    const live = open();
    commitAll(live, changes({ flows: flowsNamed(1) }));
    commitAll(live, changes({ flows: flowRecords({ id: 1, state: "S1" }) }));
    expect(ask("SELECT group_concat(state) FROM flows")).to.equal("S1");
  });

  it("takes flows in whatever order they come, new ones between those that it has", () => {
    const live = open();
    commitAll(live, changes({ flows: flowsNamed(3, 1, 2) }));
    const again = flowRecords({ id: 2, state: "S1" }, { id: 5 }, { id: 1, state: "S2" }, { id: 4 });
    commitAll(live, changes({ flows: again }));
    expect(ask("SELECT group_concat(id || state) FROM flows")).to.equal("1S2,2S1,3SF,4SF,5SF");
    expect(ask("PRAGMA integrity_check")).to.equal("ok");
  });

  it("keeps what comes between the steps of a commit for the next one", () => {
    const live = open();
    live.append(segments(10, [1]), 1);
    const steps = live.commit(changes({ flows: flowsNamed(1) }));
    let taken = 0;
    while (steps.next().done !== true) {
      live.append(segments(5, [1]), 1);
      taken++;
    }
    expect(taken).to.be.greaterThan(1);
    expect(ask("SELECT count(*) FROM segments")).to.equal(10);
    commitAll(live, changes());
    expect(ask("SELECT count(*) || ' ' || max(id) FROM segments")).to.equal(
      `${10 + 5 * taken} ${10 + 5 * taken}`,
    );
  });

  it("leaves nothing of an earlier, larger commit behind a smaller one", () => {
    const live = open();
    live.append(segments(30_000, [1, 2, 3]), 1);
    commitAll(live, changes({ flows: flowsNamed(1, 2, 3) }));
    for (let round = 0; round < 3; round++) {
      live.append(segments(3, [2]), 1);
      commitAll(live, changes({ flows: flowsNamed(2) }));
    }
    expect(ask("SELECT count(*) || ' ' || max(id) FROM segments")).to.equal("30009 30009");
    expect(ask("PRAGMA integrity_check")).to.equal("ok");
  });

  it("has what it had when it is closed in the middle of a commit", () => {
    const live = open();
    commitAll(live, changes({ flows: flowsNamed(1) }));
    live.append(segments(10, [2]), 1);
    live.commit(changes({ flows: flowsNamed(2) })).next();
    live.close();
    expect(ask("SELECT group_concat(id) FROM flows")).to.equal("1");
    expect(ask("PRAGMA integrity_check")).to.equal("ok");
  });

  it("stores times beyond 26 days", () => {
    const live = open();
    const startNs = 2 ** 52 + 1;
    live.append(segments(1, [1], startNs), 1);
    commitAll(live, changes({ flows: flowRecords({ id: 1, startNs }) }));
    expect(ask("SELECT start_ns FROM flows")).to.equal(startNs);
    expect(ask("SELECT time_ns FROM segments")).to.equal(startNs);
  });

  it("takes a withdrawn finding out with its evidence", () => {
    const live = open();
    commitAll(
      live,
      changes({ flows: flowsNamed(1), findings: [findingRow({ id: 4, evidence: [EVIDENCE] })] }),
    );
    expect(ask("SELECT count(*) FROM evidence WHERE finding_id = 4")).to.equal(1);
    commitAll(live, changes({ withdrawn: [4] }));
    for (const table of ["findings", "evidence", "finding_flow_links"])
      expect(ask(`SELECT count(*) FROM ${table}`), table).to.equal(0);
  });

  it("is one file when it is closed", () => {
    const live = open();
    live.append(segments(10, [1]), 1);
    commitAll(live, changes({ flows: flowsNamed(1) }));
    expect(existsSync(scratch.path("live.db-wal"))).to.equal(true);
    live.close();
    expect(existsSync(scratch.path("live.db-wal"))).to.equal(false);
    expect(ask("PRAGMA journal_mode")).to.equal("delete");
  });

  it("refuses to replace one that somebody has open, and replaces one whose writer was killed", () => {
    open();
    expect(() => placeDatabase(scratch.path("live.db"))).to.throw(
      AnalyzeError,
      /another program has it open/,
    );
    for (const end of ["", "-wal", "-shm"])
      copyFileSync(scratch.path(`live.db${end}`), scratch.path(`killed.db${end}`));
    expect(placeDatabase(scratch.path("killed.db"))).to.equal(scratch.path("killed.db"));
    expect(existsSync(scratch.path("killed.db-wal"))).to.equal(false);
  });

  describe("with a ring", () => {
    const LIMIT_BYTES = 16 * 1024 * 1024;

    it("stays below its size, lets healthy flows go and keeps those of a finding", () => {
      const live = open({ sizeBytes: LIMIT_BYTES, ageNs: null });
      let largest = 0;
      live.append(segments(100, [1]), 1);
      commitAll(live, changes({ flows: flowsNamed(1), findings: [findingRow({ id: 1, flowIds: [1] })] }));
      for (let round = 0; round < 60; round++) {
        const id = 10 + round;
        live.append(segments(20_000, [id]), 1);
        commitAll(live, changes({ flows: flowsNamed(id) }));
        largest = Math.max(largest, statSync(scratch.path("live.db")).size);
      }
      expect(largest).to.be.below(LIMIT_BYTES);
      expect(ask("SELECT count(*) FROM segments WHERE flow_id = 1")).to.equal(100);
      expect(ask("SELECT count(*) FROM segments WHERE flow_id = 69")).to.equal(20_000);
      expect(ask("SELECT count(*) FROM segments WHERE flow_id = 10")).to.equal(0);
      expect(ask("SELECT count(*) FROM flows WHERE id = 10")).to.equal(0);
      expect(ask("PRAGMA foreign_key_check(segments)")).to.equal(undefined);
    });

    it("lets go what is older than its age", () => {
      const live = open({ sizeBytes: null, ageNs: 10e9 });
      for (let round = 0; round < 10; round++) {
        live.append(segments(20_000, [round + 1], round * 20e9), 1);
        commitAll(live, changes({ flows: flowsNamed(round + 1) }));
      }
      expect(Number(ask("SELECT min(time_ns) FROM segments"))).to.be.within(189e9, 190e9);
      expect(ask("SELECT count(*) FROM segments WHERE flow_id = 10")).to.equal(10_001);
    });
  });
});
