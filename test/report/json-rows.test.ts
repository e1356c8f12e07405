import { expect } from "chai";
import { jsonRowLines } from "../../src/report/json-rows.js";
import type { ResultValue } from "../../src/report/result-table.js";

const json = (columns: string[], rows: ResultValue[][]): string =>
  [...jsonRowLines({ columns, rows })].join("\n");

describe("a result as JSON", () => {
  it("is an array with an object a row", () => {
    const columns = ["id", 'na"me', "nothing", "real", "octets"];
    expect(
      JSON.parse(
        json(columns, [
          [1, "a\n\u001b", null, 0.5, Uint8Array.of(1, 171)],
          [2, "", null, 1, null],
        ]),
      ),
    ).to.deep.equal([
      { id: 1, 'na"me': "a\n\u001b", nothing: null, real: 0.5, octets: "01ab" },
      { id: 2, 'na"me': "", nothing: null, real: 1, octets: null },
    ]);
  });

  it("is an empty array without rows", () => {
    expect(JSON.parse(json(["id"], []))).to.deep.equal([]);
  });

  it("writes integers beyond 2^53 exactly and stays JSON for infinite numbers", () => {
    expect(json(["n"], [[9_007_199_254_740_993n]])).to.contain('"n":9007199254740993}');
    expect(JSON.parse(json(["n"], [[Number.NEGATIVE_INFINITY]]))).to.deep.equal([{ n: "-Infinity" }]);
  });

  it("has a line a row, so that other tools can go by lines", () => {
    expect(json(["n"], [[1], [2]]).split("\n")).to.deep.equal(["[", '{"n":1},', '{"n":2}', "]"]);
  });
});
