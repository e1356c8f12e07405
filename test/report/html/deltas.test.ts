import { expect } from "chai";
import fc from "fast-check";
import { fromDeltas, toDeltas } from "../../../src/report/html/deltas.js";

describe("columns of differences", () => {
  it("tell how much each value is above the one before, and pass over null", () => {
    expect(toDeltas([10, 12, null, 15])).to.deep.equal([10, 2, null, 3]);
  });

  it("come back as they were, for numbers up to 2^52", () => {
    const value = fc.option(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }));
    fc.assert(
      fc.property(fc.array(value), (values) => {
        // A difference of two such numbers still has 53 bits.
        expect(fromDeltas(toDeltas(values))).to.deep.equal(values);
      }),
    );
  });
});
