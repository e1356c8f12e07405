import { expect } from "chai";
import type { ResultTable, ResultValue } from "../../src/report/result-table.js";
import { tableLines } from "../../src/report/table.js";

const WIDE = Number.POSITIVE_INFINITY;
const lines = (columns: string[], rows: ResultValue[][], maxWidth = WIDE): string[] => [
  ...tableLines({ columns, rows }, maxWidth),
];

describe("a result as a table", () => {
  it("aligns texts left and numbers right, and shows NULL", () => {
    const rows = [
      ["a", 1, null],
      ["long text", 1000n, 2.5],
      [null, -7, null],
    ];
    expect(lines(["name", "n", "x"], rows)).to.deep.equal([
      "name          n     x",
      "---------------------",
      "a             1  NULL",
      "long text  1000   2.5",
      "NULL         -7  NULL",
    ]);
  });

  it("has a heading without rows too", () => {
    expect(lines(["a", "b"], [])).to.deep.equal(["a  b", "----"]);
  });

  it("cuts the widest cells to the terminal, and nothing elsewhere", () => {
    const row = ["x".repeat(100), "y".repeat(30), 12];
    for (const line of lines(["one", "two", "n"], [row], 60)) expect(line.length).to.be.at.most(60);
    expect(lines(["one", "two", "n"], [row], 60)[2]).to.match(/^x+… {2}y+…? {2}12$/);
    expect(lines(["one", "two", "n"], [row])[2])
      .to.contain("x".repeat(100))
      .and.contain("y".repeat(30));
  });

  it("ends at a sensible width when there are too many columns", () => {
    const columns = Array.from({ length: 40 }, (_, index) => `column ${index}`);
    expect(lines(columns, [columns], 80)).to.have.length(3);
  });

  it("shows octets in hexadecimal and no escape sequences", () => {
    expect(lines(["a\u001b", "b"], [["x\u009by\nz", Uint8Array.of(0, 255)]])).to.deep.equal([
      "a?     b",
      "-----------",
      "x?y z  00ff",
    ]);
  });

  it("reads rows as they are asked for, once it knows the widths", () => {
    let read = 0;
    function* rows(): IterableIterator<ResultValue[]> {
      for (; ; read++) yield [read];
    }
    const result: ResultTable = { columns: ["n"], rows: rows() };
    let printed = 0;
    for (const line of tableLines(result, WIDE))
      if (++printed === 2002) expect(line).to.equal("1999");
      else if (printed > 2002) break;
    expect(read).to.be.within(1999, 2001);
  });

  it("lets go of the rows when nobody reads on", () => {
    let isReleased = false;
    function* rows(): IterableIterator<ResultValue[]> {
      try {
        for (let n = 0; ; n++) yield [n];
      } finally {
        isReleased = true;
      }
    }
    for (const _ of tableLines({ columns: ["n"], rows: rows() }, WIDE)) break;
    expect(isReleased).to.equal(true);
  });
});
