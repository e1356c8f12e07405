import { expect } from "chai";
import { AnalyzeError } from "../../src/errors.js";
import { formatBaseline, parseBaseline } from "../../src/gate/baseline-file.js";
import type { AcceptedFinding } from "../../src/report/gate-summary.js";

const ENTRY: AcceptedFinding = {
  rule: "some-rule",
  subject: "10.0.0.2:80",
  severity: "error",
  rateUpTo: 0.1,
  reason: "known",
  expires: "2028-02-29",
};
const fileWith = (members: object): string => formatBaseline([{ ...ENTRY, ...members }]);

describe("a baseline file", () => {
  it("is read as it was written", () => {
    expect(parseBaseline(formatBaseline([ENTRY]), "b.json")).to.deep.equal([ENTRY]);
    expect(parseBaseline(formatBaseline([]), "b.json")).to.deep.equal([]);
  });

  const REFUSALS: readonly (readonly [text: string, reason: string])[] = [
    ["{\n  oops", "line 2 is not JSON."],
    ["[]", "the whole file must be an object, not an array."],
    ['{"version": 2, "accepted": []}', "version must be 1."],
    ['{"version": 1}', "accepted must be an array, not nothing."],
    ['{"version": 1, "accepted": [1]}', "accepted[0] must be an object, not 1."],
    [fileWith({ reason: "" }), 'accepted[0].reason must be a text that is not empty, not "".'],
    [fileWith({ rateUpTo: 2 }), "accepted[0].rateUpTo must be a number from 0 to 1, not 2."],
    [fileWith({ severity: "bad" }), 'accepted[0].severity must be one of error, warning, note, not "bad".'],
    [fileWith({ frame: 5 }), "it has no key accepted[0].frame; allowed are rule, subject,"],
    [
      fileWith({ expires: "2027-02-29" }),
      'accepted[0].expires must be a date such as 2027-01-31, not "2027-02-29".',
    ],
    [fileWith({ expires: "never" }), 'accepted[0].expires must be a date such as 2027-01-31, not "never".'],
    [formatBaseline([ENTRY, ENTRY]), "it accepts some-rule about 10.0.0.2:80 twice."],
  ];
  for (const [text, reason] of REFUSALS) {
    it(`is refused with a sentence: ${reason}`, () => {
      expect(() => parseBaseline(text, "b.json"))
        .to.throw(AnalyzeError, `The baseline b.json is invalid: ${reason}`)
        .with.property("code", "BASELINE_INVALID");
    });
  }
});
