import { expect } from "chai";
import fc from "fast-check";
import type { IdleClose } from "../../../src/signs/closes/idle-closes.js";
import { idleNs, isAlike, withoutEnds } from "../../../src/signs/closes/idle-timeouts.js";

/** A close at `closedMs` of a connection that had been idle for `idleMs`. */
const closeOf = (closedMs: number, idleMs: number): { close: IdleClose } => {
  const [closedNs, servedNs] = [closedMs * 1e6, (closedMs - idleMs) * 1e6];
  return { close: { fromNs: servedNs, fromFrame: 1, servedNs, closedNs, request: null } };
};

/** What withoutEnds means, each compared with each other. */
const comparedInPairs = (all: readonly { close: IdleClose }[]) =>
  all.filter(({ close }) =>
    all.every(
      (other) =>
        other.close === close ||
        Math.abs(other.close.closedNs - close.closedNs) > 20e6 ||
        isAlike(idleNs(other.close), idleNs(close)),
    ),
  );

describe("closes at the moment of another", () => {
  it("are left out when the two had been idle for different times", () => {
    const timer = [closeOf(10_000, 5000), closeOf(20_000, 5100)];
    const end = [closeOf(30_000, 1000), closeOf(30_010, 4000)];
    expect(withoutEnds([...end, ...timer])).to.deep.equal(timer);
    // Closed together because they were served together.
    const together = [closeOf(40_000, 5000), closeOf(40_005, 5005)];
    expect(withoutEnds(together)).to.deep.equal(together);
    // Further apart than a moment: each by its own timer.
    const apart = [closeOf(50_000, 1000), closeOf(50_021, 4000)];
    expect(withoutEnds(apart)).to.deep.equal(apart);
  });

  it("are those that a comparison of each with each other finds", () => {
    const closes = fc.array(
      fc
        .record({
          closedMs: fc.integer({ min: 0, max: 200 }),
          // Below 0 where frames are out of order.
          idleMs: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 900, max: 1300 })),
        })
        .map(({ closedMs, idleMs }) => closeOf(closedMs, idleMs)),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(closes, (all) => {
        expect(withoutEnds(all)).to.deep.equal(comparedInPairs(all));
      }),
    );
  });

  it("of 20,000 connections are found at once", () => {
    const all = Array.from({ length: 20_000 }, (_, index) => closeOf(1e6 + index / 2000, 1000 * (index % 7)));
    const startMs = performance.now();
    expect(withoutEnds(all)).to.deep.equal([]);
    // Compared with each other they took more than six seconds.
    expect(performance.now() - startMs).to.be.below(2000);
  });
});
