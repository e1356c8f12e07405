import { expect } from "chai";
import { formatSarif } from "../../src/report/sarif.js";
import { gateOf, HOSTILE, hostileReport } from "../support/hostile-report.js";
import { problemsBy, readSchema } from "../support/json-schema.js";
import { sampleFinding, sampleReport } from "../support/sample-report.js";

const rules = [{ id: "some-rule", summary: "It finds something.", severity: "error", docs: "" }] as const;
const format = (members: Parameters<typeof sampleReport>[0]) =>
  JSON.parse(formatSarif(sampleReport({ rules, ...members }), () => "# some-rule\n\nFlagged when …")).runs[0];

describe("the SARIF report", () => {
  // OASIS' schema itself is no part of any package; this one is stricter, member by member.
  const problems = problemsBy(readSchema("test/report/sarif-2.1.0-subset.schema.json"));
  const check = (text: string) => problems(JSON.parse(text));

  it("keeps to the schema of SARIF 2.1.0, also with hostile names", () => {
    expect(check(formatSarif(sampleReport({ rules, findings: [sampleFinding()] }), () => null))).to.equal(
      null,
    );
    expect(check(formatSarif(hostileReport(), () => HOSTILE))).to.equal(null);
    expect(check('{"version": "2.1.0", "runs": [{}]}')).not.to.equal(null);
  });

  it("gives each rule its page as help, and each result its rule", () => {
    const { tool, results } = format({ findings: [sampleFinding()] });
    expect(tool.driver.rules[0]).to.deep.include({
      id: "some-rule",
      shortDescription: { text: "It finds something." },
      help: { text: "# some-rule\n\nFlagged when …", markdown: "# some-rule\n\nFlagged when …" },
      defaultConfiguration: { level: "error" },
    });
    expect(results[0]).to.deep.include({ ruleId: "some-rule", ruleIndex: 0, level: "error" });
  });

  it("knows a finding again by its fingerprint; equal ones in several captures stay apart", () => {
    const findings = [sampleFinding(), sampleFinding({ id: 2, source: "other.pcap" })];
    const prints = format({ findings }).results.map(
      ({ partialFingerprints }: { partialFingerprints: object }) => partialFingerprints,
    );
    expect(prints).to.deep.equal([
      { "tcptraceFinding/v1": "0123456789abcdef", primaryLocationLineHash: "0123456789abcdef:1" },
      { "tcptraceFinding/v1": "0123456789abcdef", primaryLocationLineHash: "0123456789abcdef:2" },
    ]);
  });

  it("names captures by URI references, and the frames that prove the finding in messages", () => {
    const finding = sampleFinding({ source: "./a b/100%.pcap" });
    const [result] = format({ findings: [finding] }).results;
    expect(result.locations[0].physicalLocation.artifactLocation.uri).to.equal("a%20b/100%25.pcap");
    expect(result.locations[0].logicalLocations[0].fullyQualifiedName).to.equal("10.0.0.2:80");
    expect(result.relatedLocations[0].message.text).to.match(
      /^frame 5 of flow 17: the server's SYN-ACK; <- S\. /,
    );
  });

  it("says how findings stand against the baseline, and suppresses what is accepted", () => {
    const findings = [sampleFinding(), sampleFinding({ id: 2, fingerprint: "f" })];
    const gate = gateOf({
      findings: [
        { findingId: 1, status: "accepted", isFailure: false, reason: "accepted until 2027-01-01: known" },
        { findingId: 2, status: "worse", isFailure: true, reason: "30 %" },
      ],
      baseline: { path: "b.json", gone: [], expired: [] },
    });
    const [accepted, worse] = format({ findings, gate }).results;
    expect(accepted.baselineState).to.equal("unchanged");
    expect(accepted.suppressions).to.deep.equal([
      { kind: "external", status: "accepted", justification: "accepted until 2027-01-01: known" },
    ]);
    expect(worse).to.deep.include({ baselineState: "updated", suppressions: [] });
  });

  it("does not call a run successful whose captures cannot be judged", () => {
    const [invocation] = format({ unjudgeable: "Too few frames" }).invocations;
    expect(invocation.executionSuccessful).to.equal(false);
    expect(invocation.toolExecutionNotifications[0].message.text).to.equal("Too few frames");
  });

  it("makes no link of what a capture says", () => {
    const [result] = format({ findings: [sampleFinding({ message: "see [this](http://e.vil)" })] }).results;
    expect(result.message.text).not.to.contain("](");
  });
});
