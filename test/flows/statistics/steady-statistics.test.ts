import { expect } from "chai";
import fc from "fast-check";
import { HAS_OTHER_OPTIONS } from "../../../src/decode/segment-batch.js";
import { FlowTable } from "../../../src/flows/flow-table.js";
import { FlowStatistics } from "../../../src/flows/statistics/flow-statistics.js";
import { createStatisticsRecord } from "../../../src/flows/statistics/statistics-record.js";
import { createStatisticsRow, fillStatisticsRow } from "../../../src/store/fill-statistics-row.js";
import type { StatisticsRow } from "../../../src/store/statistics-rows.js";
import { segmentsOf } from "../../support/script-segments.js";

/** The client's and the server's row. `isLong`: no segment may go the short way. */
function rowsOf(script: string, isLong: boolean): StatisticsRow[] {
  const batch = segmentsOf(script);
  if (isLong) for (let row = 0; row < batch.length; row++) batch.facts[row]! |= HAS_OTHER_OPTIONS;
  const table = new FlowTable();
  table.track(batch, 1, 0, () => {});
  table.close();
  const statistics = new FlowStatistics();
  statistics.noteBatch(batch);
  const flow = createStatisticsRecord();
  statistics.seek(flow, 1);
  const rows = [createStatisticsRow(), createStatisticsRow()] as const;
  fillStatisticsRow(rows[0], flow, "client", 0);
  fillStatisticsRow(rows[1], flow, "server", 0);
  statistics.close();
  return [...rows];
}

/** One line of an established connection: who sends, from where, how much, what is acknowledged, the window. */
const line = fc.record({
  direction: fc.constantFrom("->", "<-"),
  flags: fc.constantFrom(".", "P.", ".", "P.", "F.", "R."),
  first: fc.integer({ min: 0, max: 8 }),
  segments: fc.integer({ min: 0, max: 2 }),
  ack: fc.integer({ min: 0, max: 10 }),
  window: fc.constantFrom(512, 512, 512, 100, 0),
  ttl: fc.constantFrom(64, 64, 63),
});

describe("the short way of steady segments", () => {
  it("leads to the same statistics as the long way", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.boolean(), (lines, isScaled) => {
        const options = isScaled ? " <mss 1460,wscale 7>" : "";
        const script = [
          `0 -> S 0:0(0)${options}`,
          `+.01 <- S. 0:0(0) ack 1${options}`,
          "+.01 -> . 1:1(0) ack 1",
          ...lines.map(({ direction, flags, first, segments, ack, window, ttl }) => {
            const from = 1 + first * 10;
            const length = flags === "R." ? 0 : segments * 10;
            return `+.01 ${direction} ${flags} ${from}:${from + length}(${length}) ack ${1 + ack * 10} win ${window} {ttl ${ttl}}`;
          }),
        ].join("\n");
        expect(rowsOf(script, false)).to.deep.equal(rowsOf(script, true));
      }),
      { numRuns: 300 },
    );
  });
});
