import Database from "better-sqlite3";
import { expect } from "chai";
import type { SegmentBatch } from "../../../src/decode/segment-batch.js";
import { FlowTable } from "../../../src/flows/flow-table.js";
import { DatabaseLock } from "../../../src/store/live/database-lock.js";
import { LiveDatabase } from "../../../src/store/live/live-database.js";
import type { LiveChanges, RingLimits } from "../../../src/store/live/live-messages.js";
import { placeDatabase } from "../../../src/store/live/place-database.js";
import { segmentsOf } from "../../support/script-segments.js";
import { captureRow } from "../sample-rows.js";
import { useScratchFolder } from "../scratch-folder.js";
import { commitAll } from "./commit-all.js";
import { flowsNamed } from "./flow-records.js";

const NO_LOCK = new DatabaseLock("live.db", new Int32Array(1), () => {});

const SECOND = 1e9;
const ASKED_AND_ANSWERED = `
  0    -> S  0:0(0)
  +1   <- S. 0:0(0) ack 1`;
const ALL_ROWS =
  "SELECT group_concat(flow_id || ' ' || sender || ' ' || segments || ' ' || (idle_max_ns / 1000000000), ', ') FROM flow_statistics";

describe("the statistics of a live capture", () => {
  const opened: LiveDatabase[] = [];
  let batch: SegmentBatch;
  beforeEach(() => {
    batch = segmentsOf(ASKED_AND_ANSWERED);
    const table = new FlowTable();
    table.track(batch, 1, 0, () => {});
    table.close();
  });
  afterEach(() => {
    for (const database of opened.splice(0)) database.close();
  });
  const scratch = useScratchFolder();

  function open(ring: RingLimits = { sizeBytes: null, ageNs: null }): LiveDatabase {
    const database = placeDatabase(scratch.path("live.db"));
    const live = new LiveDatabase(
      { target: "live.db", database, spool: scratch.path("spool"), ring },
      NO_LOCK,
    );
    opened.push(live);
    commitAll(live, changes([], { rows: [{ table: "captures", rows: [captureRow({ kind: "live" })] }] }));
    return live;
  }

  /** What changed beside the segments: flows of these ids. */
  function changes(ids: readonly number[], given: Partial<LiveChanges> = {}): LiveChanges {
    const none = { rows: [], repeats: [], findings: [], withdrawn: [], forgotten: [], endNs: 0 };
    return { ...none, flows: flowsNamed(...ids), ...given };
  }

  /** The segments of a connection of its own. */
  function connection(id: number): SegmentBatch {
    batch.flow.fill(id);
    return batch;
  }

  function rows(sql = ALL_ROWS): unknown {
    const reader = new Database(scratch.path("live.db"), { readonly: true });
    try {
      return reader.prepare(sql).pluck().get();
    } finally {
      reader.close();
    }
  }

  it("are stored with the flows that changed, and again when they change again", () => {
    const live = open();
    live.append(connection(1), 1);
    commitAll(live, changes([1], { endNs: 3 * SECOND }));
    expect(rows()).to.equal("1 client 1 3, 1 server 1 2");
    live.append(connection(1), 1);
    live.append(connection(2), 1);
    commitAll(live, changes([1, 2], { endNs: 4 * SECOND }));
    expect(rows()).to.equal("1 client 2 4, 1 server 2 3, 2 client 1 4, 2 server 1 3");
  });

  it("take silence to last until the end of the capture", () => {
    const live = open();
    live.append(connection(1), 1);
    commitAll(live, changes([1], { endNs: 2 * SECOND }));
    commitAll(live, changes([], { endNs: 9 * SECOND }), true);
    expect(rows()).to.equal("1 client 1 9, 1 server 1 8");
  });

  it("stay as they were when a flow leaves memory", () => {
    const live = open();
    live.append(connection(1), 1);
    commitAll(live, changes([1], { forgotten: [1], endNs: 2 * SECOND }));
    commitAll(live, changes([], { endNs: 9 * SECOND }), true);
    expect(rows()).to.equal("1 client 1 2, 1 server 1 1");
  });

  it("stay as they were when it leaves with the last commit", () => {
    const live = open();
    live.append(connection(1), 1);
    commitAll(live, changes([1], { endNs: 2 * SECOND }));
    commitAll(live, changes([], { forgotten: [1], endNs: 9 * SECOND }), true);
    expect(rows()).to.equal("1 client 1 2, 1 server 1 1");
  });

  it("of more flows than one commit takes come with the next ones", () => {
    const live = open();
    const ids = Array.from({ length: 10_000 }, (_, index) => index + 1);
    for (const id of ids) live.append(connection(id), 1);
    commitAll(live, changes(ids));
    const count = "SELECT count(DISTINCT flow_id) FROM flow_statistics";
    expect(rows(count)).to.equal(8192);
    commitAll(live, changes([]));
    expect(rows(count)).to.equal(10_000);
  });

  it("leave with the flow that a ring lets go, and do not come back at the end", () => {
    const live = open({ sizeBytes: null, ageNs: 1 });
    for (let id = 1; id <= 12; id++) {
      connection(id);
      for (let row = 0; row < batch.length; row++) batch.timeNs[row] = id * 10 * SECOND + row;
      live.append(batch, 1);
      commitAll(live, changes([id]));
    }
    commitAll(live, changes([]), true);
    expect(rows("SELECT group_concat(id) FROM flows")).to.equal("11,12");
    expect(rows("SELECT group_concat(DISTINCT flow_id) FROM flow_statistics")).to.equal("11,12");
  });
});
