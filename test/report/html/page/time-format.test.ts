import { expect } from "chai";
import { formatMoment, formatSeconds, formatShort } from "../../../../src/report/html/page/time-format.js";

describe("times and numbers of the HTML report", () => {
  it("have the decimals that the step of an axis needs", () => {
    expect(formatSeconds(0.75, 0.25)).to.equal("0.75");
    expect(formatSeconds(0.3, 0.1)).to.equal("0.3");
    expect(formatSeconds(12, 2)).to.equal("12");
    expect(formatSeconds(0.0000025, 0.0000005)).to.equal("0.0000025");
  });

  it("tell moments to the microsecond, or to the nanosecond where there are some", () => {
    expect(formatMoment(1_500_000_000)).to.equal("1.500000");
    expect(formatMoment(-1)).to.equal("-0.000000001");
  });

  it("shorten large numbers for an axis", () => {
    expect([0, 1500, 75_000, 2.5e6].map(formatShort)).to.deep.equal(["0", "1.5k", "75k", "2.5M"]);
  });
});
