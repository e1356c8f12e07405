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

  it("uses rows again that were taken away, empty ones", () => {
    const table = new NumberTable(2);
    const rows = [1, 2, 3].map(() => table.add());
    for (const row of rows) for (const column of [0, 1]) table.set(row, column, 7);
    table.remove(rows[0]!);
    table.remove(rows[2]!);
    const again = [table.add(), table.add()];
    expect(again).to.have.members([rows[0], rows[2]]);
    for (const row of again) expect([table.at(row, 0), table.at(row, 1)]).to.deep.equal([0, 0]);
    expect([table.at(rows[1]!, 0), table.at(rows[1]!, 1)]).to.deep.equal([7, 7]);
    expect(table.add()).to.equal(4);
  });

  it("keeps row 0 when it is taken away", () => {
    const table = new NumberTable(1);
    table.remove(0);
    expect(table.add()).to.equal(1);
    expect(table.at(0, 0)).to.equal(0);
  });
});
