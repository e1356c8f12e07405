import { expect } from "chai";
import { FlowTable } from "../../../src/flows/flow-table.js";
import { FlowStatistics } from "../../../src/flows/statistics/flow-statistics.js";
import { SegmentPool } from "../../../src/flows/statistics/segment-pool.js";
import { createStatisticsRecord } from "../../../src/flows/statistics/statistics-record.js";
import { segmentsOf } from "../../support/script-segments.js";

/** Segments that wait for their acknowledgment, of a connection of its own. */
const UNACKNOWLEDGED = `
  0    -> S  0:0(0)
  +.01 <- S. 0:0(0) ack 1
  +.01 -> .  1:1(0) ack 1
  +.01 -> .  1:101(100) ack 1
  +.01 -> .  101:201(100) ack 1
  +.01 -> .  201:301(100) ack 1`;

describe("statistics of flows that are forgotten", () => {
  const batch = segmentsOf(UNACKNOWLEDGED);
  before(() => {
    const table = new FlowTable();
    table.track(batch, 1, 0, () => {});
    table.close();
  });

  it("are passed over, and those of the others are what they were", () => {
    const statistics = new FlowStatistics();
    for (const id of [1, 2, 3]) {
      batch.flow.fill(id);
      statistics.noteBatch(batch);
    }
    statistics.forget(2);
    expect([1, 2, 3].map((id) => statistics.has(id))).to.deep.equal([true, false, true]);
    expect([statistics.nextId(0), statistics.nextId(1), statistics.nextId(3)]).to.deep.equal([1, 3, null]);
    const record = createStatisticsRecord();
    statistics.seek(record, 3);
    expect(record.client.sentSegments).to.equal(5);
    statistics.close();
  });

  it("leave the room of what they had in flight to others", () => {
    const pool = new SegmentPool();
    const statistics = new FlowStatistics(1, undefined, pool);
    for (let id = 1; id <= 5000; id++) {
      batch.flow.fill(id);
      statistics.noteBatch(batch);
      statistics.forget(id);
    }
    expect(pool.size).to.be.within(1, 3);
    statistics.close();
  });
});
