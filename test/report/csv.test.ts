import { expect } from "chai";
import { csvLines } from "../../src/report/csv.js";
import type { ResultValue } from "../../src/report/result-table.js";

const csv = (columns: string[], rows: ResultValue[][]): string => [...csvLines({ columns, rows })].join("");

describe("a result as CSV", () => {
  it("ends every line with CR LF, the heading first (RFC 4180, section 2)", () => {
    expect(
      csv(
        ["id", "name"],
        [
          [1, "a"],
          [2n ** 60n, "b c"],
        ],
      ),
    ).to.equal("id,name\r\n1,a\r\n1152921504606846976,b c\r\n");
  });

  it("quotes commas, quotes and line breaks, and doubles quotes inside", () => {
    expect(csv(['a"b'], [["1,2"], ['say "x"'], ["a\nb"], ["a\rb"]])).to.equal(
      '"a""b"\r\n"1,2"\r\n"say ""x"""\r\n"a\nb"\r\n"a\rb"\r\n',
    );
  });

  it("tells NULL from an empty text", () => {
    expect(csv(["a", "b"], [[null, ""]])).to.equal('a,b\r\n,""\r\n');
  });

  it("shows a terminal no control characters, which a file keeps", () => {
    const table = { columns: ["\u001b[2J"], rows: [["a\u0007\nb"]] };
    expect([...csvLines(table, true)]).to.deep.equal(["?[2J\r\n", '"a? b"\r\n']);
    expect([...csvLines(table)]).to.deep.equal(["\u001b[2J\r\n", '"a\u0007\nb"\r\n']);
  });
});
