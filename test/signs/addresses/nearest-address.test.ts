import { expect } from "chai";
import fc from "fast-check";
import { commonPrefixBits } from "../../../src/signs/addresses/address-prefix.js";
import { nearestPair } from "../../../src/signs/addresses/nearest-address.js";

/** The same by comparing every two. */
function comparingAll(some: readonly string[], others: readonly string[]) {
  let best: { near: string; address: string; bits: number } | null = null;
  for (const near of some) {
    for (const address of others) {
      const bits = commonPrefixBits(near, address);
      if (bits >= 0 && (best === null || bits > best.bits)) best = { near, address, bits };
    }
  }
  return best;
}

describe("the nearest two of addresses", () => {
  it("are of one IP version", () => {
    expect(nearestPair(["10.0.0.1"], ["10.9.0.1", "10.0.0.9", "::1"])).to.deep.equal({
      near: "10.0.0.1",
      address: "10.0.0.9",
      bits: 28,
    });
    expect(nearestPair(["10.0.0.1"], ["::1"])).to.equal(null);
  });

  it("are those that comparing every two finds", () => {
    const address = fc.oneof(
      fc
        .tuple(fc.constantFrom(0, 10, 127, 128, 255), fc.nat(3), fc.nat(3))
        .map((parts) => `10.${parts.join(".")}`),
      fc.nat(0xffff).map((group) => `2001:db8::${group.toString(16)}`),
      fc.constantFrom("::", "::ffff:10.0.0.1", "no address"),
    );
    const addresses = fc.uniqueArray(address, { maxLength: 12 });
    fc.assert(
      fc.property(addresses, addresses, (some, all) => {
        const others = all.filter((each) => !some.includes(each));
        expect(nearestPair(some, others)).to.deep.equal(comparingAll(some, others));
      }),
    );
  });

  it("are found among thousands", () => {
    const numbered = (network: number) =>
      Array.from({ length: 50_000 }, (_, at) => `10.${network}.${at >>> 8}.${at & 255}`);
    expect(nearestPair(numbered(2), numbered(3))).to.deep.equal({
      near: "10.2.0.0",
      address: "10.3.0.0",
      bits: 15,
    });
  });
});
