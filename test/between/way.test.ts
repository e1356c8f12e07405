import { expect } from "chai";
import { Way } from "../../src/between/way.js";

/** So many passages, `everyMs` apart, that take what `tookMs` says. */
function way(count: number, everyMs: number, tookMs: (index: number) => number): Way {
  return new Way(
    Array.from({ length: count }, (_, index) => ({
      sentNs: index * everyMs * 1e6,
      tookNs: tookMs(index) * 1e6,
    })),
  );
}

describe("the way between two captures", () => {
  it("takes what the quickest took around the time, with those that are enough to tell", () => {
    const slow = way(40, 1000, (index) => (index === 20 ? 500 : 10));
    expect(slow.leastAt(20e9)).to.equal(10e6);
  });

  it("follows clocks that drift", () => {
    const drifting = way(10_000, 100, (index) => 10 + index / 100 + (index % 3));
    expect(drifting.leastAt(0)).to.be.closeTo(10e6, 1e6);
    expect(drifting.leastAt(500e9)).to.be.closeTo(60e6, 2e6);
    expect(drifting.leastAt(999e9)).to.be.closeTo(110e6, 2e6);
  });

  it("is known before and behind the passages too", () => {
    const short = way(3, 1, () => 7);
    expect([short.leastAt(-5e9), short.leastAt(9e12)]).to.deep.equal([7e6, 7e6]);
  });
});
