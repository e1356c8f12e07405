import { expect } from "chai";
import { acceptFindings, compareWithBaseline } from "../../src/gate/baseline.js";
import type { RatedFinding } from "../../src/gate/rated-finding.js";
import type { AcceptedFinding } from "../../src/report/gate-summary.js";

const TODAY = "2026-06-15";

const finding = (members: Partial<RatedFinding> = {}): RatedFinding => ({
  ruleId: "some-rule",
  subject: "10.0.0.2:80",
  severity: "warning",
  flows: 2,
  serverFlows: 10,
  ...members,
});

const entry = (members: Partial<AcceptedFinding> = {}): AcceptedFinding => ({
  rule: "some-rule",
  subject: "10.0.0.2:80",
  severity: "warning",
  rateUpTo: 0.3,
  reason: "known",
  expires: "2026-12-31",
  ...members,
});

const statusOf = (found: RatedFinding, accepted: AcceptedFinding): string =>
  compareWithBaseline([found], [accepted], TODAY).findings[0]!.status;

describe("a baseline", () => {
  it("accepts a finding of its rule and subject that is as rare and as mild", () => {
    expect(statusOf(finding(), entry())).to.equal("accepted");
    expect(statusOf(finding({ flows: 3 }), entry())).to.equal("accepted");
    expect(statusOf(finding({ severity: "note" }), entry())).to.equal("accepted");
  });

  it("does not accept another rule's finding, or one about something else", () => {
    expect(statusOf(finding({ ruleId: "other-rule" }), entry())).to.equal("new");
    expect(statusOf(finding({ subject: "10.0.0.2:81" }), entry())).to.equal("new");
  });

  it("calls a finding worse when more of the connections are concerned, or its severity rose", () => {
    expect(statusOf(finding({ flows: 4 }), entry())).to.equal("worse");
    expect(statusOf(finding({ severity: "error" }), entry())).to.equal("worse");
  });

  it("knows a finding again when only an ephemeral port differs", () => {
    const found = finding({ subject: "10.0.0.2:40001" });
    expect(statusOf(found, entry({ subject: "10.0.0.2:40000" }))).to.equal("accepted");
  });

  it("counts to the end of an entry's date, and names it afterwards", () => {
    expect(statusOf(finding(), entry({ expires: TODAY }))).to.equal("accepted");
    const old = entry({ expires: "2026-06-14" });
    const { findings, gone, expired } = compareWithBaseline([finding()], [old], TODAY);
    expect(findings[0]!.status).to.equal("new");
    expect({ gone, expired }).to.deep.equal({ gone: [], expired: [old] });
  });

  it("says what is found no more", () => {
    const missing = entry({ subject: "10.0.0.3:80" });
    expect(compareWithBaseline([finding()], [entry(), missing], TODAY).gone).to.deep.equal([missing]);
  });
});

describe("accepting findings", () => {
  const given = { reason: "later", expires: "2026-09-01", today: TODAY, isJudgeable: true };

  it("writes an entry for each rule and subject: the worst of its findings, in a bucket of rates", () => {
    const found = [finding({ flows: 1, serverFlows: 50 }), finding({ severity: "error", flows: 7 })];
    expect(acceptFindings(found, [], given)).to.deep.equal([
      entry({ severity: "error", rateUpTo: 1, reason: "later", expires: "2026-09-01" }),
    ]);
  });

  it("accepts what it was written from", () => {
    const found = [finding(), finding({ subject: "10.0.0.9:50000", flows: 10 })];
    const accepted = acceptFindings(found, [], given);
    const statuses = compareWithBaseline(found, accepted, TODAY).findings.map(({ status }) => status);
    expect(statuses).to.deep.equal(["accepted", "accepted"]);
  });

  it("keeps reasons, keeps dates that have not passed, and drops what is gone", () => {
    const other = finding({ subject: "10.0.0.3:80" });
    const before = [
      entry({ reason: "first" }),
      entry({ subject: other.subject, reason: "second", expires: "2026-01-01" }),
      entry({ subject: "10.0.0.4:80" }),
    ];
    const accepted = acceptFindings([other, finding()], before, given);
    expect(accepted.map(({ subject, reason, expires }) => [subject, reason, expires])).to.deep.equal([
      ["10.0.0.2:80", "first", "2026-12-31"],
      ["10.0.0.3:80", "second", "2026-09-01"],
    ]);
  });

  it("keeps what is not found where the captures cannot be judged", () => {
    const before = [entry({ subject: "10.0.0.4:80" })];
    const accepted = acceptFindings([finding()], before, { ...given, isJudgeable: false });
    expect(accepted.map(({ subject }) => subject)).to.deep.equal(["10.0.0.2:80", "10.0.0.4:80"]);
  });
});
