import { expect } from "chai";
import { NumberTable } from "../../src/engine/number-table.js";

describe("a table of numbers", () => {
  it("keeps what was written, row by row, while it grows", () => {
    const table = new NumberTable(3);
    const rows = Array.from({ length: 1000 }, () => table.add());
    for (const row of rows) for (const column of [0, 1, 2]) table.set(row, column, row * 10 + column);
    for (const row of rows)
      expect([0, 1, 2].map((column) => table.at(row, column))).to.deep.equal([
        row * 10,
        row * 10 + 1,
        row * 10 + 2,
      ]);
  });

  it("has a row 0 that stays empty", () => {
    const table = new NumberTable(2);
    table.set(0, 1, 7);
    expect(table.at(0, 1)).to.equal(0);
    expect(table.add()).to.equal(1);
  });

  it("gives no more rows than its memory allows", () => {
    const table = new NumberTable(1);
    let last = 0;
    for (let count = 0; count < (1 << 20) - 1; count++) last = table.add();
    expect(last).to.equal((1 << 20) - 1);
    expect(table.add()).to.equal(0);
  });
});
