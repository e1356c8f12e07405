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
});
