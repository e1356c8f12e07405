import { expect } from "chai";
import { LatestSyns } from "../../src/flows/latest-syns.js";

describe("latest SYNs", () => {
  it("are told by tuple and time", () => {
    const syns = new LatestSyns();
    syns.note(0xfedcba98, 1000);
    expect([syns.hasSince(0xfedcba98, 999), syns.hasSince(0xfedcba98, 1000)]).to.deep.equal([true, false]);
  });

  it("give way to another tuple with the same place, and are not taken for that one's", () => {
    const syns = new LatestSyns();
    syns.note(0xfedcba98, 1000);
    expect(syns.hasSince(0x0dcba98, 0)).to.equal(false);
    syns.note(0x0dcba98, 2000);
    expect([syns.hasSince(0xfedcba98, 0), syns.hasSince(0x0dcba98, 0)]).to.deep.equal([false, true]);
  });

  it("are told from those that another SYN preceded within two minutes", () => {
    const syns = new LatestSyns();
    const repeated = (timeNs: number): boolean => {
      syns.note(0xfedcba98, timeNs);
      return syns.isRepeated(0xfedcba98);
    };
    expect([repeated(0), repeated(1e9), repeated(122e9)]).to.deep.equal([false, true, false]);
    expect(repeated(123e9)).to.equal(true);
    expect(syns.isRepeated(0x0dcba98)).to.equal(false);
    syns.note(0x0dcba98, 124e9);
    expect([syns.isRepeated(0xfedcba98), syns.isRepeated(0x0dcba98)]).to.deep.equal([false, false]);
  });
});
