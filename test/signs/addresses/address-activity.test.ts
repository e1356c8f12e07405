import { expect } from "chai";
import { AddressActivity } from "../../../src/signs/addresses/address-activity.js";
import { AddressPairs } from "../../../src/signs/addresses/address-pairs.js";

describe("who was heard when", () => {
  it("knows spans, of one direction each", () => {
    const activity = new AddressActivity();
    activity.add("a", "b", 1e9, 2e9);
    expect(activity.hasSent("a", "b", 1.5e9, 9e9)).to.equal(true);
    expect(activity.hasSent("a", "b", 2.5e9, 9e9)).to.equal(false);
    expect(activity.hasSent("b", "a", 1.5e9, 9e9)).to.equal(false);
  });

  it("knows nothing of a pair that only others have used", () => {
    const pairs = new AddressPairs();
    const activity = new AddressActivity(pairs);
    pairs.add("a", "b");
    expect([activity.hasSent("a", "b", 0, 1e9), activity.peersMeanwhile("a", "to", 0, 1e9)]).to.deep.equal([
      false,
      [],
    ]);
  });

  it("joins what is less than a second apart, and only that", () => {
    const activity = new AddressActivity();
    activity.add("a", "b", 0, 1e9);
    activity.add("a", "b", 1.5e9, 2e9);
    activity.add("a", "b", 8e9, 9e9);
    expect(activity.hasSent("a", "b", 1.1e9, 1.4e9)).to.equal(true);
    expect(activity.hasSent("a", "b", 3e9, 7e9)).to.equal(false);
  });

  it("keeps the end of a span in which another one lies", () => {
    const activity = new AddressActivity();
    activity.add("a", "b", 0, 9e9);
    activity.add("a", "b", 1e9, 2e9);
    expect(activity.hasSent("a", "b", 5e9, 6e9)).to.equal(true);
  });

  it("remembers the first 512 spans of a pair, and more of others", () => {
    const activity = new AddressActivity();
    for (let span = 0; span < 513; span++) activity.add("a", "b", span * 10e9, span * 10e9 + 1);
    activity.add("b", "a", 0, 1);
    expect(
      [0, 511, 512].map((span) => activity.hasSent("a", "b", span * 10e9 - 1, span * 10e9 + 2)),
    ).to.deep.equal([true, true, false]);
    expect(activity.hasSent("b", "a", -1, 2)).to.equal(true);
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

  it("finds whom a host heard, and whom it sent to, in some time", () => {
    const activity = new AddressActivity();
    for (const [at, peer] of ["d", "b", "c"].entries()) {
      activity.add("a", peer, at * 10e9, at * 10e9 + 1e9);
      activity.add(peer, "a", at * 10e9 + 5e9, at * 10e9 + 6e9);
    }
    activity.add("z", "a", 0, 30e9);
    expect(activity.peersMeanwhile("a", "to", 0.5e9, 10.5e9)).to.deep.equal(["d", "b"]);
    expect(activity.peersMeanwhile("a", "from", 5.5e9, 26e9)).to.deep.equal(["d", "b", "c"]);
    expect(activity.peersMeanwhile("a", "from", 6e9, 15e9)).to.deep.equal([]);
    activity.add("b", "a", 7e9, 8e9);
    expect(activity.peersMeanwhile("a", "from", 6e9, 15e9)).to.deep.equal(["b"]);
    expect([
      activity.countReceivers("a"),
      activity.hasReceiver("a", "b"),
      activity.hasReceiver("a", "z"),
    ]).to.deep.equal([3, true, false]);
  });
});
