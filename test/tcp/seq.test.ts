import { expect } from "chai";
import fc from "fast-check";
import { seqAdd, seqDiff, unwrapSeq } from "../../src/tcp/seq.js";

const TWO_32 = 2 ** 32;
const rawSeq = fc.oneof(
  fc.integer({ min: 0, max: TWO_32 - 1 }),
  fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, TWO_32 - 1),
);
/** Distances that a signed 32-bit number holds, without -2^31, which is its own opposite. */
const distance = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 });
/** Far beyond a million wraps, and still exact. */
const relativeSeq = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });

/** The header's number of a relative one, in arithmetic without limits. */
function rawOf(relative: number, isn: number): number {
  return Number(BigInt.asUintN(32, BigInt(isn) + BigInt(relative)));
}

describe("sequence numbers", () => {
  it("wrap from 2^32-1 to 0 (RFC 9293, section 3.4)", () => {
    expect(seqAdd(0xffff_ffff, 1)).to.equal(0);
    expect(seqAdd(0, -1)).to.equal(0xffff_ffff);
    expect(seqDiff(0, 0xffff_ffff)).to.equal(1);
    expect(seqDiff(0xffff_ffff, 0)).to.equal(-1);
  });

  it("seqAdd adds modulo 2^32", () => {
    fc.assert(fc.property(rawSeq, relativeSeq, (a, n) => seqAdd(a, n) === rawOf(n, a)));
  });

  it("seqDiff is antisymmetric", () => {
    fc.assert(
      fc.property(rawSeq, distance, (a, n) => {
        const b = rawOf(n, a);
        expect(seqDiff(b, a)).to.equal(n);
        expect(seqDiff(a, b)).to.equal(0 - n);
      }),
    );
  });

  it("half the space away counts as earlier, from either side", () => {
    expect(seqDiff(2 ** 31, 0)).to.equal(-(2 ** 31));
    expect(seqDiff(0, 2 ** 31)).to.equal(-(2 ** 31));
  });

  it("unwrapSeq recovers the relative number from anything less than 2^31 away", () => {
    fc.assert(
      fc.property(relativeSeq, rawSeq, distance, (relative, isn, away) => {
        expect(unwrapSeq(rawOf(relative, isn), isn, relative + away)).to.equal(relative);
      }),
      { numRuns: 1000 },
    );
  });

  it("unwrapSeq follows a stream across 2^32 many times", () => {
    const isn = 0xffff_fff0;
    const step = 2 ** 31 - 1;
    let near = 0;
    for (let relative = 0; relative < 50 * TWO_32; relative += step) {
      near = unwrapSeq(rawOf(relative, isn), isn, near);
      expect(near).to.equal(relative);
    }
  });

  it("unwrapSeq gives a number before the ISN as a negative one", () => {
    expect(unwrapSeq(99, 100, 0)).to.equal(-1);
    expect(unwrapSeq(0xffff_ffff, 0, 0)).to.equal(-1);
  });
});
