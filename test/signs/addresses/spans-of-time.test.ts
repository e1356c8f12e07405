import { expect } from "chai";
import fc from "fast-check";
import { SpansOfTime } from "../../../src/signs/addresses/spans-of-time.js";

describe("spans by time", () => {
  it("finds those that touch an interval, as looking at each does", () => {
    const span = fc
      .tuple(fc.nat(20), fc.nat(6))
      .map(([startNs, length]) => ({ startNs, endNs: startNs + length }));
    fc.assert(
      fc.property(fc.array(span), span, (spans, { startNs, endNs }) => {
        const found = [...new SpansOfTime(spans).touching(startNs, endNs)];
        const expected = spans.filter((each) => each.startNs < endNs && each.endNs > startNs);
        expect(found).to.have.members(expected);
      }),
    );
  });

  it("looks at no more than it must", () => {
    const day = Array.from({ length: 200_000 }, (_, at) => ({ startNs: at, endNs: at + 1 }));
    const spans = new SpansOfTime(day);
    let found = 0;
    for (let at = 0; at < day.length; at++) for (const _ of spans.touching(at, at + 1)) found++;
    expect(found).to.equal(day.length);
  });
});
