import { expect } from "chai";
import fc from "fast-check";
import { RangesBeyondGap } from "../../src/flows/ranges-beyond-gap.js";

const SPACE = 60;
const range = fc
  .tuple(fc.nat(SPACE - 1), fc.nat(SPACE - 1))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const);

describe("the ranges beyond a gap", () => {
  it("know what a bitmap knows, in any order and overlap", () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), range, (added, [askedFirst, askedEnd]) => {
        const ranges = new RangesBeyondGap();
        const bitmap = new Set<number>();
        for (const [first, end] of added) {
          let fresh = 0;
          for (let octet = first; octet < end; octet++) {
            if (!bitmap.has(octet)) fresh++;
            bitmap.add(octet);
          }
          expect(ranges.add(1, first, end)).to.equal(fresh);
        }
        const asked = Array.from({ length: askedEnd - askedFirst }, (_, index) => askedFirst + index);
        expect(ranges.covered(1, askedFirst, askedEnd)).to.equal(asked.filter((at) => bitmap.has(at)).length);
        const holes = asked.filter((at) => !bitmap.has(at) && (at === askedFirst || bitmap.has(at - 1)));
        expect(ranges.gaps(1, askedFirst, askedEnd)).to.equal(holes.length);

        let reached = askedFirst;
        while (bitmap.has(reached)) reached++;
        expect(ranges.advance(1, askedFirst)).to.equal(reached);
        expect(ranges.has(1)).to.equal([...bitmap].some((octet) => octet > reached));
      }),
    );
  });

  it("of one endpoint are not those of another", () => {
    const ranges = new RangesBeyondGap();
    ranges.add(1, 10, 20);
    expect(ranges.covered(2, 0, 100)).to.equal(0);
    expect(ranges.has(2)).to.equal(false);
  });

  it("stay bounded when gaps are opened without end, and keep the latest", () => {
    const ranges = new RangesBeyondGap();
    for (let index = 0; index < 100_000; index++) ranges.add(1, index * 2, index * 2 + 1);
    expect(ranges.covered(1, 0, 200_000)).to.equal(256);
    expect(ranges.covered(1, 199_998, 199_999)).to.equal(1);
  });
});
