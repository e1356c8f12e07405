import { expect } from "chai";
import fc from "fast-check";
import { choosePackets, type PacketRange } from "../../src/page-data/choose-packets.js";

const countOf = (ranges: readonly PacketRange[]): number =>
  ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
const holds = (ranges: readonly PacketRange[], place: number): boolean =>
  ranges.some(({ first, last }) => first <= place && place <= last);

describe("choosing packets of a flow", () => {
  it("takes all when there is room", () => {
    expect(choosePackets(5, 5, [])).to.deep.equal([{ first: 1, last: 5 }]);
    expect(choosePackets(0, 5, [])).to.deep.equal([]);
  });

  it("takes the beginning, the end, and what matters with its neighbours", () => {
    const ranges = choosePackets(10_000, 100, [5000]);
    expect(holds(ranges, 1) && holds(ranges, 10_000)).to.equal(true);
    for (const place of [4992, 5000, 5008]) expect(holds(ranges, place), String(place)).to.equal(true);
    expect(countOf(ranges)).to.equal(100);
  });

  it("prefers what matters most when not all of it fits", () => {
    const ranges = choosePackets(10_000, 60, [9000, 2000, 4000, 6000]);
    expect(holds(ranges, 9000)).to.equal(true);
    expect(holds(ranges, 6000)).to.equal(false);
  });

  it("never takes more than there is room for, and none twice", () => {
    fc.assert(
      fc.property(
        fc.nat(500),
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.nat(499)),
        (total, room, marked) => {
          const ranges = choosePackets(
            total,
            room,
            marked.map((place) => place + 1).filter((place) => place <= total),
          );
          expect(countOf(ranges)).to.equal(Math.min(total, room));
          for (const [at, { first, last }] of ranges.entries()) {
            expect(first)
              .to.be.at.most(last)
              .and.greaterThan(ranges[at - 1]?.last ?? 0);
            expect(last).to.be.at.most(total);
          }
        },
      ),
    );
  });
});
