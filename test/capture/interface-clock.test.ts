import { expect } from "chai";
import fc from "fast-check";
import { InterfaceClock } from "../../src/capture/interface-clock.js";

const halves = (units: bigint): [number, number] => [Number(units >> 32n), Number(units & 0xffffffffn)];

/** The definition in draft-ietf-opsawg-pcapng, section 4.2, in exact arithmetic. */
function exactNs(units: bigint, unitsPerSecond: bigint, offsetSeconds: bigint): bigint {
  return (units * 1_000_000_000n) / unitsPerSecond + offsetSeconds * 1_000_000_000n;
}

describe("an interface's clock", () => {
  for (const [name, resolution, unitsPerSecond] of [
    ["seconds", 0, 1n],
    ["milliseconds", 3, 1000n],
    ["microseconds", 6, 10n ** 6n],
    ["units of 100 ns", 7, 10n ** 7n],
    ["nanoseconds", 9, 10n ** 9n],
    ["picoseconds", 12, 10n ** 12n],
    ["1/2 s", 0x81, 2n],
    ["2^-20 s", 0x94, 2n ** 20n],
    ["2^-32 s", 0xa0, 2n ** 32n],
    ["2^-63 s", 0xbf, 2n ** 63n],
    ["10^-127 s", 0x7f, 10n ** 127n],
  ] as const) {
    it(`is exact in ${name}, within 104 days of the origin`, () => {
      const longestUnits = (10n ** 18n * unitsPerSecond) / 1_000_000_000n;
      const maxUnits = longestUnits < 2n ** 64n ? longestUnits : 2n ** 64n - 1n;
      const span = (9_000_000_000_000_000n * unitsPerSecond) / 1_000_000_000n;
      const property = fc.property(
        fc.bigInt(0n, maxUnits),
        fc.bigInt(-span, span),
        fc.bigInt(-(10n ** 9n), 10n ** 9n),
        fc.bigInt(0n, 999n),
        (first, distance, offsetSeconds, shiftNs) => {
          const later =
            first + distance < 0n ? 0n : first + distance > maxUnits ? maxUnits : first + distance;
          const clock = new InterfaceClock(resolution, offsetSeconds);
          const originNs = exactNs(first, unitsPerSecond, offsetSeconds) + shiftNs;
          expect(clock.epochNs(...halves(first))).to.equal(originNs - shiftNs);
          clock.setOrigin(originNs);
          const expected = exactNs(later, unitsPerSecond, offsetSeconds) - originNs;
          expect(clock.sinceOriginNs(...halves(later))).to.equal(Number(expected));
        },
      );
      fc.assert(property);
    });
  }

  for (const resolution of [0, 6, 9, 12, 0x81]) {
    it(`keeps to 64-bit nanoseconds whatever a file claims, at resolution ${resolution}`, () => {
      for (const offsetSeconds of [0n, 2n ** 63n - 1n, -(2n ** 63n)]) {
        const clock = new InterfaceClock(resolution, offsetSeconds);
        clock.setOrigin(clock.epochNs(0, 0));
        for (const [high, low] of [
          [0, 0],
          [0x7fffffff, 0],
          [0xffffffff, 0xffffffff],
        ] as const) {
          const sum = BigInt(clock.sinceOriginNs(high, low)) + clock.epochNs(high, low);
          expect(sum).to.equal(BigInt.asIntN(64, sum));
        }
      }
    });
  }

  it("never says minus zero", () => {
    const clock = new InterfaceClock(6, 0n);
    clock.setOrigin(1_700_000_000_000_000_000n);
    expect(Object.is(clock.sinceOriginNs(...halves(1_700_000_000_000_000n)), 0)).to.equal(true);
  });
});
