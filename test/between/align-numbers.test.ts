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

  it("are not told by one segment alone, nor by as many as say something else", () => {
    expect(alignNumbers(first.slice(0, 1), moved)).to.equal(null);
    const others = [40, 50].map((seq, index) => segment(9 + index, seq, 6, { ack: 1, tsval: 9 + index }));
    const elsewhere = others.map((each) => ({ ...each, seq: each.seq + 900 }));
    expect(alignNumbers([...first.slice(0, 2), ...others], [...moved, ...elsewhere])).to.equal(null);
  });

  it("are told where one capture begins much later", () => {
    const long = Array.from({ length: 3000 }, (_, index) => segment(index, index * 5, 5, { tsval: index }));
    const late = long.slice(2500).map((each) => ({ ...each, seq: each.seq - 12_500, ack: 4 }));
    expect(alignNumbers(long, late)).to.deep.equal({ seq: -12_500, ack: 3 });
  });

  it("are not told by what looks like several others", () => {
    const alike = first.map((each) => ({ ...each, tsval: null }));
    expect(alignNumbers(alike, alike)).to.equal(null);
    expect(alignNumbers(first, [])).to.equal(null);
  });
});
