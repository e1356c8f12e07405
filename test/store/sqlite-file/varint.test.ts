import { expect } from "chai";
import fc from "fast-check";
import { putVarint, varintLength } from "../../../src/store/sqlite-file/varint.js";

/** The definition of section 1.6, with bigints. */
function readVarint(bytes: Uint8Array): { value: number; length: number } {
  let value = 0n;
  for (let at = 0; ; at++) {
    value = (value << 7n) | BigInt(bytes[at]! & 0x7f);
    if (bytes[at]! < 0x80) return { value: Number(value), length: at + 1 };
  }
}

describe("varint", () => {
  it("takes one octet up to 127, two up to 16383, eight at 2^53-1", () => {
    const lengths = [0, 127, 128, 16383, 16384, 2 ** 21 - 1, 2 ** 21, 2 ** 32, 2 ** 53 - 1].map(varintLength);
    expect(lengths).to.deep.equal([1, 1, 2, 2, 3, 3, 4, 5, 8]);
  });

  it("is read back, whatever the value", () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 2 ** 22 }), fc.maxSafeNat());
    fc.assert(
      fc.property(value, (number) => {
        const bytes = new Uint8Array(12).fill(0xff);
        const end = putVarint(bytes, 0, number);
        expect(readVarint(bytes)).to.deep.equal({ value: number, length: end });
        expect(varintLength(number)).to.equal(end);
      }),
    );
  });
});
