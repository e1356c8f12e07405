import { expect } from "chai";
import { LatestSyns } from "../../src/flows/latest-syns.js";

describe("latest SYNs", () => {
  it("are told by tuple and time", () => {
    const syns = new LatestSyns();
    expect(syns.hasSince(0, 0)).to.equal(false);
    syns.note(0xfedcba98, 7, 64, 1000);
    expect([syns.hasSince(0xfedcba98, 999), syns.hasSince(0xfedcba98, 1000)]).to.deep.equal([true, false]);
  });

  it("give way to the second tuple behind them with the same place, and are not taken for that one's", () => {
    const syns = new LatestSyns();
    const [first, second, third] = [0xfedcba98, 0x0dcba98, 0x1dcba98];
    const known = (): boolean[] => [first, second, third].map((tuple) => syns.hasSince(tuple, 0));
    syns.note(first, 7, 64, 1000);
    expect(known()).to.deep.equal([true, false, false]);
    syns.note(second, 7, 64, 2000);
    expect(known()).to.deep.equal([true, true, false]);
    syns.note(third, 7, 64, 3000);
    expect(known()).to.deep.equal([false, true, true]);
    syns.note(first, 7, 64, 4000);
    expect(known()).to.deep.equal([true, false, true]);
  });

  it("are told from those that were sent again: with the same number, from the same place", () => {
    const syns = new LatestSyns();
    const repeated = (tuple: number, isn: number, ttl: number): boolean => {
      syns.note(tuple, isn, ttl, 1000);
      return syns.isRepeated(tuple);
    };
    expect([repeated(0xfedcba98, 7, 64), repeated(0xfedcba98, 7, 64)]).to.deep.equal([false, true]);
    expect(repeated(0xfedcba98, 7, 62)).to.equal(true);
    expect([repeated(0xfedcba98, 8, 62), repeated(0xfedcba98, 8, 64)]).to.deep.equal([false, false]);
    expect([repeated(0x0dcba98, 8, 64), repeated(0x0dcba98, 8, 64)]).to.deep.equal([false, true]);
    expect([syns.isRepeated(0xfedcba98), syns.isRepeated(0x1dcba98)]).to.deep.equal([false, false]);
  });
});
