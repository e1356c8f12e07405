import { expect } from "chai";
import { AddressActivity, nearestAddress } from "../../src/engine/address-activity.js";

describe("who was heard when", () => {
  it("knows spans, of one direction each", () => {
    const activity = new AddressActivity();
    activity.add("a", "b", 1e9, 2e9);
    expect(activity.hasSent("a", "b", 1.5e9, 9e9)).to.equal(true);
    expect(activity.hasSent("a", "b", 2.5e9, 9e9)).to.equal(false);
    expect(activity.hasSent("b", "a", 1.5e9, 9e9)).to.equal(false);
  });

  it("joins what is less than a second apart, and only that", () => {
    const activity = new AddressActivity();
    activity.add("a", "b", 0, 1e9);
    activity.add("a", "b", 1.5e9, 2e9);
    activity.add("a", "b", 8e9, 9e9);
    expect(activity.hasSent("a", "b", 1.1e9, 1.4e9)).to.equal(true);
    expect(activity.hasSent("a", "b", 3e9, 7e9)).to.equal(false);
  });

  it("finds the one host that all conversations have in common", () => {
    const activity = new AddressActivity();
    for (const peer of ["b", "c"]) {
      activity.add("a", peer, 0, 1);
      activity.add(peer, "a", 0, 1);
    }
    expect(activity.hub()).to.equal("a");
    activity.add("c", "d", 0, 1);
    expect(activity.hub()).to.equal(null);
  });

  it("finds no such host in a capture of one pair", () => {
    const activity = new AddressActivity();
    activity.add("a", "b", 0, 1);
    activity.add("b", "a", 0, 1);
    expect(activity.hub()).to.equal(null);
  });

  it("finds the nearest address of the same IP version", () => {
    expect(nearestAddress("10.0.0.1", ["10.9.0.1", "10.0.0.9", "::1"])).to.deep.equal({
      address: "10.0.0.9",
      bits: 28,
    });
    expect(nearestAddress("10.0.0.1", ["::1"])).to.equal(null);
  });
});
