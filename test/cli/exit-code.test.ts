import { expect } from "chai";
import { exitCodeOf } from "../../src/cli/exit-code.js";
import type { FailOn } from "../../src/config.js";
import type { Severity } from "../../src/engine/finding.js";
import { judgeGate } from "../../src/gate/judge-gate.js";
import { sampleFinding, sampleReport } from "../support/sample-report.js";

const codeOf = (severities: readonly Severity[], failOn: FailOn, unjudgeable: string | null = null): number =>
  exitCodeOf(
    judgeGate(
      sampleReport({ findings: severities.map((severity) => sampleFinding({ severity })), unjudgeable }),
      { failOn, baseline: null, expectations: [], today: "2026-01-01" },
    ),
  );

describe("the exit code of an analysis", () => {
  it("is 1 when a finding is at or above --fail-on, else 0", () => {
    const found: readonly Severity[] = ["error", "warning", "note"];
    const codes = (failOn: FailOn): number[] => found.map((severity) => codeOf([severity], failOn));
    expect(codes("error")).to.deep.equal([1, 0, 0]);
    expect(codes("warning")).to.deep.equal([1, 1, 0]);
    expect(codes("note")).to.deep.equal([1, 1, 1]);
    expect(codes("never")).to.deep.equal([0, 0, 0]);
    expect(codeOf([], "note")).to.equal(0);
    expect(codeOf(["note", "error"], "error")).to.equal(1);
  });

  it("is 3 when the captures cannot be judged and no finding counts", () => {
    expect(codeOf([], "error", "lossy")).to.equal(3);
    expect(codeOf(["note"], "error", "lossy")).to.equal(3);
    expect(codeOf(["error"], "never", "lossy")).to.equal(3);
    expect(codeOf(["error"], "error", "lossy")).to.equal(1);
  });
});
