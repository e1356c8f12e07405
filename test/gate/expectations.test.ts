import { expect } from "chai";
import { AnalyzeError } from "../../src/errors.js";
import { expectationPath, parseExpectations } from "../../src/gate/expectation-file.js";
import { judgeGate } from "../../src/gate/judge-gate.js";
import type { Report } from "../../src/report/report.js";
import { sampleFinding, sampleReport } from "../support/sample-report.js";

const parse = (text: string) => parseExpectations(text, "dump.expect.json", "dump.pcap", ["some-rule"]);

const judge = (content: object, members: Partial<Report> = {}) =>
  judgeGate(
    sampleReport({
      rules: [{ id: "some-rule", summary: "", severity: "error", docs: "" }],
      findings: [sampleFinding()],
      ...members,
    }),
    {
      failOn: "error",
      baseline: null,
      expectations: [parse(JSON.stringify(content))],
      today: "2026-01-01",
    },
  );

describe("the file of expectations", () => {
  it("stands beside its capture, named without the suffixes of format and compression", () => {
    expect(["a/foo.pcap", "foo.pcapng.gz", "v1.2.pcap.zst", "b/foo"].map(expectationPath)).to.deep.equal([
      "a/foo.expect.json",
      "foo.expect.json",
      "v1.2.expect.json",
      "b/foo.expect.json",
    ]);
  });

  const REFUSALS: readonly (readonly [text: string, reason: string])[] = [
    ["", "line 1 is not JSON."],
    ['{"must": {}}', "must must be an array, not an object."],
    ['{"must": [{"rule": "no-rule"}]}', 'must[0].rule must be one of some-rule, not "no-rule".'],
    ['{"mustNot": [{"rules": "some-rule"}]}', "it has no key mustNot[0].rules; allowed are rule,"],
    ['{"must": [{"minFlows": 0}]}', "must[0].minFlows must be a number from 1 to "],
  ];
  for (const [text, reason] of REFUSALS) {
    it(`is refused with a sentence: ${reason}`, () => {
      expect(() => parse(text))
        .to.throw(AnalyzeError, `The expectations dump.expect.json is invalid: ${reason}`)
        .with.property("code", "EXPECTATIONS_INVALID");
    });
  }
});

describe("an expectation", () => {
  it("that a finding must be there is met by it, and the finding fails nothing", () => {
    const { result, findings, expectations } = judge({
      must: [
        { rule: "some-rule", subject: "10.0.0.2:80", severity: "error", confidence: "strong", minFlows: 1 },
      ],
    });
    expect(result).to.equal("passed");
    expect(findings).to.deep.equal([{ findingId: 1, status: "expected", isFailure: false, reason: null }]);
    expect(expectations[0]).to.include({ isMet: true, problem: null });
  });

  it("that a finding must be there fails the run without it", () => {
    for (const pattern of [{ subject: "10.0.0.3:80" }, { severity: "note" }, { minFlows: 2 }]) {
      const { result, expectations } = judge({ must: [pattern] });
      expect(result).to.equal("failed");
      expect(expectations[0]!.problem).to.equal("it was not found");
    }
  });

  it("that a finding must not be there fails the run with it, however mild it is", () => {
    const { result, findings, expectations } = judge(
      { mustNot: [{ rule: "some-rule" }] },
      { findings: [sampleFinding({ severity: "note" })] },
    );
    expect(result).to.equal("failed");
    expect(findings[0]!.status).to.equal("forbidden");
    expect(expectations[0]!.problem).to.equal("found: It happened");
  });

  it("speaks of its own capture only", () => {
    const other = { findings: [sampleFinding({ source: "other.pcap" })] };
    expect(judge({ must: [{ rule: "some-rule" }] }, other).result).to.equal("failed");
    expect(judge({ mustNot: [{ rule: "some-rule" }] }, other).findings[0]!.status).to.equal("new");
  });

  it("about a rule that is off is not met: its silence says nothing", () => {
    const { expectations } = judge({ mustNot: [{ rule: "some-rule" }] }, { rules: [], findings: [] });
    expect(expectations[0]!.problem).to.equal("the rule is off");
  });
});
