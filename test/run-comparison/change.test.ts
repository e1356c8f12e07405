import { expect } from "chai";
import { compareShares, compareTimes } from "../../src/run-comparison/change.js";

const share = (count: number, total: number) => ({ count, total });
const median = (timeMs: number | null, samples = 100) => ({
  timeNs: timeMs === null ? null : timeMs * 1e6,
  samples,
});

describe("a change of a share", () => {
  it("is one that chance would hardly make", () => {
    expect(compareShares(share(1, 1000), share(100, 1000), false)).to.equal("worse");
    expect(compareShares(share(100, 1000), share(1, 1000), false)).to.equal("better");
    expect(compareShares(share(100, 1000), share(900, 1000), true)).to.equal("better");
  });

  it("is none where both fit one cause, such as few connections", () => {
    expect(compareShares(share(0, 3), share(1, 3), false)).to.equal("same");
    expect(compareShares(share(100, 1000), share(110, 1000), false)).to.equal("same");
    expect(compareShares(share(5, 5), share(5, 5), true)).to.equal("same");
  });

  it("cannot be told without any", () => {
    expect(compareShares(share(0, 0), share(1, 1), false)).to.equal(null);
  });

  it("goes by Wilson's interval", () => {
    // 95 % intervals of 0 of 10 and 10 of 10 as published: 0 to 0.278 and 0.722 to 1. They do not meet those of 4 and 6 of 10.
    expect(compareShares(share(0, 10), share(10, 10), false)).to.equal("worse");
    // 0 of 10 ends at 0.278, 4 of 10 begins at 0.168.
    expect(compareShares(share(0, 10), share(4, 10), false)).to.equal("same");
    // 8 of 10 begins at 0.490.
    expect(compareShares(share(0, 10), share(8, 10), false)).to.equal("worse");
  });
});

describe("a change of a median time", () => {
  it("is a quarter and a millisecond at least", () => {
    expect(compareTimes(median(10), median(13))).to.equal("worse");
    expect(compareTimes(median(13), median(10))).to.equal("better");
    expect(compareTimes(median(10), median(12))).to.equal("same");
    expect(compareTimes(median(0.1), median(0.9))).to.equal("same");
  });

  it("cannot be told from few connections, or none", () => {
    expect(compareTimes(median(1, 4), median(100))).to.equal(null);
    expect(compareTimes(median(null), median(100))).to.equal(null);
  });
});
