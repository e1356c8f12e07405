import { expect } from "chai";
import { countOf, formatCount, formatDuration, listOf } from "../../src/report/quantity.js";

describe("quantities", () => {
  it("group thousands and know one from many", () => {
    const counts = [0, 7, 999, 1000, 12_345, 123_456, 1_234_567, -1, -999, -1000, -123_456];
    const shown = [
      "0",
      "7",
      "999",
      "1,000",
      "12,345",
      "123,456",
      "1,234,567",
      "-1",
      "-999",
      "-1,000",
      "-123,456",
    ];
    expect(counts.map(formatCount)).to.deep.equal(shown);
    expect(countOf(1, "frame")).to.equal("1 frame");
    expect(countOf(0, "frame")).to.equal("0 frames");
    expect(listOf(["a"])).to.equal("a");
    expect(listOf(["a", "b", "c"])).to.equal("a, b and c");
  });

  it("write durations in a fitting unit", () => {
    const durations = [0, 40, 1500, 45_000, 312e6, 7.01e9, 68.4e9, 120e9, 7200e9, 864_000e9];
    expect(durations.map(formatDuration)).to.deep.equal([
      "0 ns",
      "40 ns",
      "1.50 µs",
      "45.0 µs",
      "312 ms",
      "7.01 s",
      "68.4 s",
      "2.00 min",
      "2.00 h",
      "10.0 days",
    ]);
  });

  it("write a clock that stepped back with its sign", () => {
    expect(formatDuration(-2e9)).to.equal("-2.00 s");
  });
});
