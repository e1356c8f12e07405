import { expect } from "chai";
import type { RatedFinding } from "../../src/gate/rated-finding.js";
import { compareRuns } from "../../src/run-comparison/compare-runs.js";
import { comparisonOfRunsLines } from "../../src/run-comparison/format-comparison.js";
import type { RunSummary, ServerMeasure } from "../../src/run-comparison/run-summary.js";
import { HOSTILE } from "../support/hostile-report.js";

const server = (members: Partial<ServerMeasure> = {}): ServerMeasure => ({
  server: "10.0.0.2:80",
  flows: 1000,
  established: 1000,
  failed: 0,
  handshakeRttNs: 10e6,
  handshakes: 1000,
  segments: 10_000,
  retransmits: 10,
  stalled: 0,
  ...members,
});

const finding = (members: Partial<RatedFinding> = {}): RatedFinding => ({
  ruleId: "some-rule",
  subject: "10.0.0.1 -> 10.0.0.2:80",
  severity: "warning",
  flows: 200,
  serverFlows: 1000,
  ...members,
});

const run = (members: Partial<RunSummary> = {}): RunSummary => ({
  path: "run.db",
  captures: 1,
  flows: 1000,
  damages: [],
  unjudgeable: null,
  vantages: ["server-host"],
  findings: [],
  servers: [server()],
  ...members,
});

describe("two runs", () => {
  it("differ in findings: new, gone, worse, better, the same", () => {
    const before = ["gone", "worse", "severe", "better", "same"].map((ruleId) => finding({ ruleId }));
    const after = [
      finding({ ruleId: "new" }),
      finding({ ruleId: "worse", flows: 500 }),
      finding({ ruleId: "severe", severity: "error", flows: 1 }),
      finding({ ruleId: "better", flows: 2 }),
      finding({ ruleId: "same", flows: 250 }),
    ];
    const { findings, better, worse } = compareRuns(run({ findings: before }), run({ findings: after }));
    expect(findings.map(({ ruleId, change }) => [ruleId, change])).to.deep.equal([
      ["new", "new"],
      ["worse", "worse"],
      ["severe", "worse"],
      ["better", "better"],
      ["same", "same"],
      ["gone", "gone"],
    ]);
    expect({ better, worse }).to.deep.equal({ better: 2, worse: 3 });
  });

  it("do not tell whether a finding is gone when its server was not connected to any more", () => {
    const { findings, better } = compareRuns(run({ findings: [finding()] }), run({ servers: [] }));
    expect(findings[0]!.change).to.equal("unseen");
    expect(better).to.equal(0);
  });

  it("do not tell whether a finding is gone when the later captures cannot be judged", () => {
    const lossy = run({ unjudgeable: "b.pcap lost 50 % of its frames" });
    const comparison = compareRuns(run({ findings: [finding()] }), lossy);
    expect(comparison.findings[0]!.change).to.equal("unseen");
    const text = comparisonOfRunsLines(comparison, 200).join("\n");
    expect(text).to.contain("cannot be judged: b.pcap lost 50 % of its frames\n");
    expect(text).to.contain("20 %; the later captures cannot be judged\n");
    expect(compareRuns(lossy, run()).findings).to.deep.equal([]);
  });

  it("differ in what became of the connections to a server", () => {
    const bad = server({
      established: 900,
      failed: 100,
      handshakeRttNs: 20e6,
      retransmits: 500,
      stalled: 100,
    });
    const all = (change: string) => ({
      established: change,
      handshakeRtt: change,
      retransmits: change,
      stalled: change,
    });
    expect(compareRuns(run(), run({ servers: [bad] })).servers[0]!.changes).to.deep.equal(all("worse"));
    expect(compareRuns(run({ servers: [bad] }), run()).servers[0]!.changes).to.deep.equal(all("better"));
    expect(compareRuns(run(), run()).servers[0]!.changes).to.deep.equal(all("same"));
  });

  it("captured at different places have no round trips to compare", () => {
    const slow = run({ vantages: ["client-host"], servers: [server({ handshakeRttNs: 20e6 })] });
    const { servers, timesDoubt } = compareRuns(run(), slow);
    expect(servers[0]!.changes.handshakeRtt).to.equal(null);
    expect(timesDoubt).to.match(/^The captures were taken at different places/);
  });

  it("are told apart as text of 80 columns that no name can break out of", () => {
    const lines = comparisonOfRunsLines(
      compareRuns(
        run({ findings: [finding({ subject: HOSTILE })], damages: [HOSTILE] }),
        run({ path: "after.db", servers: [server({ stalled: 100 }), server({ server: HOSTILE })] }),
      ),
      80,
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    for (const line of lines) expect(line).not.to.match(/[\u0000-\u001f\u2028]/);
    expect(lines.join("\n")).to.match(/^ {2}stalled connections +0 % +10 % +worse$/m);
    expect(lines).to.include("1 better, 1 worse.");
    expect(lines.at(-1)).to.equal("The same: 0 findings, 0 servers.");
  });
});
