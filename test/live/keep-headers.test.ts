import { expect } from "chai";
import { HAS_UNTOLD_OPTIONS, type SegmentBatch } from "../../src/decode/segment-batch.js";
import { FlowTable } from "../../src/flows/flow-table.js";
import { FlowStatistics } from "../../src/flows/statistics/flow-statistics.js";
import { createStatisticsRecord } from "../../src/flows/statistics/statistics-record.js";
import { keepHeaders } from "../../src/live/keep-headers.js";
import { createStatisticsRow, fillStatisticsRow } from "../../src/store/fill-statistics-row.js";
import { optionText } from "../../src/store/option-text.js";
import { URG } from "../../src/tcp/flags.js";
import { segmentsOf } from "../support/script-segments.js";

const URGENT_POINTER_AT = 18;
const SCRIPT = `
0     -> S  0:0(0) win 64240 <mss 1460,sackOK,TS val 10 ecr 0,nop,wscale 7>
+.001 <- S. 0:0(0) ack 1 win 65160 <mss 1440,sackOK,TS val 20 ecr 10,nop,wscale 9>
+.001 -> .  1:1(0) ack 1 <nop,nop,TS val 11 ecr 20>
+.001 -> P. 1:101(100) ack 1 <nop,nop,TS val 11 ecr 20>
+.001 -> P. 201:301(100) ack 1
+.001 <- .  1:1(0) ack 101 <nop,nop,TS val 21 ecr 11,nop,nop,sack 201:301>
+.001 -> P. 101:201(100) ack 1`;

/** The script's segments, of which the fifth has an urgent pointer. */
function segments(ipVersion: 4 | 6): SegmentBatch {
  const batch = segmentsOf(SCRIPT, { ipVersion });
  batch.flags[4]! |= URG;
  batch.bytes[batch.tcpAt[4]! + URGENT_POINTER_AT + 1] = 7;
  const table = new FlowTable();
  table.track(batch, 1, 0, () => {});
  table.close();
  return batch;
}

/** What the batch's octets say of a row of `segments`. */
function rowsOf(batch: SegmentBatch): unknown[] {
  return Array.from({ length: batch.length }, (_, row) => ({
    version: batch.bytes[batch.ipAt[row]!]! >> 4,
    options: (batch.facts[row]! & HAS_UNTOLD_OPTIONS) === 0 ? "" : optionText(batch, row),
  }));
}

function statisticsOf(batch: SegmentBatch): unknown[] {
  const flows = new FlowStatistics();
  flows.noteBatch(batch);
  const record = createStatisticsRecord();
  flows.seek(record, batch.flow[0]!);
  return (["client", "server"] as const).map((sender) => {
    const row = createStatisticsRow();
    fillStatisticsRow(row, record, sender, batch.timeNs[batch.length - 1]!);
    return row;
  });
}

describe("headers kept of a batch", () => {
  for (const ipVersion of [4, 6] as const) {
    it(`are enough for rows of segments and statistics, with IPv${ipVersion}`, () => {
      const whole = segments(ipVersion);
      const kept = segments(ipVersion);
      const buffers = { columns: new SharedArrayBuffer(0), bytes: new SharedArrayBuffer(0) };
      const slot = { index: 0, batch: kept, ...buffers };
      keepHeaders(slot);
      expect(kept.bytes.buffer).to.equal(slot.bytes);
      expect(rowsOf(kept)).to.deep.equal(rowsOf(whole));
      expect(rowsOf(kept)[0]).to.include({ version: ipVersion });
      expect(rowsOf(kept)[5]).to.include({ options: "sack 201:301" });
      const statistics = statisticsOf(kept);
      expect(statistics).to.deep.equal(statisticsOf(whole));
      expect(statistics[0]).to.include({ urgentBytes: 7 });
      expect(statistics[1]).to.include({ sackAcks: 1 });
    });
  }
});
