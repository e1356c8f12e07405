import { expect } from "chai";
import fc from "fast-check";
import { DatabaseWriter } from "../../src/store/database-writer.js";
import { createStatisticsRow } from "../../src/store/fill-statistics-row.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { StatisticsRow } from "../../src/store/statistics-rows.js";
import { captureRow, flowRow } from "./sample-rows.js";
import { useScratchFolder } from "./scratch-folder.js";
import { integrityOf } from "./sqlite-file/empty-database.js";

/** `rttMinNs` is the column rtt_min_ns. */
function inSnakeCase(row: StatisticsRow): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}

/** A row whose columns all hold another number. */
function distinctRow(): StatisticsRow {
  const row = createStatisticsRow();
  const numbered = Object.keys(row).map((name, index) => [name, 1000 + index]);
  return { ...row, ...Object.fromEntries(numbered), flowId: 1, sender: "server", options: "mss,sackOK" };
}

describe("flow_statistics being written", () => {
  const folder = useScratchFolder();

  function write(rows: readonly StatisticsRow[], timeline: "all" | "flagged" | "none"): unknown[] {
    const path = folder.path(`${timeline}.db`);
    const writer = new DatabaseWriter(path, { timeline });
    const flows = Math.max(0, ...rows.map(({ flowId }) => flowId));
    for (let id = 1; id <= flows; id++) writer.appendFlow(flowRow({ id }));
    for (const row of rows) writer.appendStatistics(row);
    const tables = writer.finishTimelines();
    tables.insert("captures", captureRow());
    tables.commit();
    expect(integrityOf(path)).to.equal("ok");
    const database = openDatabase(path);
    const stored = database.selectAll("SELECT * FROM flow_statistics ORDER BY flow_id, sender");
    const [last] = rows.slice(-1);
    if (last !== undefined) {
      const key = { id: last.flowId, sender: last.sender };
      const found = database.selectAll(
        "SELECT segments FROM flow_statistics WHERE flow_id = :id AND sender = :sender",
        key,
      );
      expect(found).to.deep.equal([{ segments: last.segments }]);
    }
    database.close();
    return stored;
  }

  for (const timeline of ["all", "flagged", "none"] as const) {
    it(`gives every column back with --timeline ${timeline}`, () => {
      const row = distinctRow();
      expect(write([row], timeline)).to.deep.equal([inSnakeCase(row)]);
    });
  }

  it("is empty without flows", () => {
    expect(write([], "all")).to.deep.equal([]);
  });

  it("finds each of thousands of rows by its key, whatever their length", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 40), { minLength: 500, maxLength: 2000 }), (numbers) => {
        const rows = numbers.map((number, index) => ({
          ...createStatisticsRow(),
          flowId: 1 + (index >> 1),
          sender: index % 2 === 0 ? ("client" as const) : ("server" as const),
          segments: index,
          dataBytes: number,
          rttMinNs: number % 3 === 0 ? null : number,
        }));
        expect(write(rows, "all")).to.deep.equal(rows.map(inSnakeCase));
      }),
      { numRuns: 5 },
    );
  });
});
