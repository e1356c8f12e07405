import { expect } from "chai";
import { alignNumbers } from "../../src/between/align-numbers.js";
import { segment } from "./observed.js";

describe("numbers of two captures", () => {
  const first = [10, 20, 30].map((seq, index) => segment(index, seq, 5, { ack: 100, tsval: index }));
  const moved = first.map((each) => ({ ...each, seq: each.seq + 7, ack: each.ack! - 60 }));

  it("differ by what most segments say that look like one of the other capture", () => {
    const chance = segment(9, 1, 5, { ack: 1, tsval: 9 });
    const other = { ...chance, seq: 900, ack: 4 };
    expect(alignNumbers([chance, ...first], [other, ...moved])).to.deep.equal({ seq: 7, ack: -60 });
  });

  it("are not told by what looks like several others", () => {
    const alike = first.map((each) => ({ ...each, tsval: null }));
    expect(alignNumbers(alike, alike)).to.equal(null);
    expect(alignNumbers(first, [])).to.equal(null);
  });
});
