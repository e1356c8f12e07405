import { SEVERITIES, type Severity } from "../engine/finding.js";
import type { AcceptedFinding, GatedFinding, GateSummary } from "../report/gate-summary.js";
import { formatShare } from "../report/quantity.js";
import type { Report, ReportedFinding } from "../report/report.js";
import { compareWithBaseline } from "./baseline.js";
import { checkExpectations } from "./check-expectations.js";
import type { Expectations } from "./expectation-file.js";
import { type RatedFinding, rateOf } from "./rated-finding.js";

export interface GateDemands {
  readonly failOn: Severity | "never";
  readonly baseline: { readonly path: string; readonly accepted: readonly AcceptedFinding[] } | null;
  readonly expectations: readonly Expectations[];
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
}

/**
 * Whether the run passes: no finding at or above `failOn` that is neither accepted nor expected, and every expectation
 * met. A finding counts even in a damaged capture: its packets are there. Silence does not.
 */
export function judgeGate(report: Report, demands: GateDemands): GateSummary {
  const { failOn, baseline } = demands;
  const rated = report.findings.map(asRated);
  const comparison = compareWithBaseline(rated, baseline?.accepted ?? [], demands.today);
  const { checked, expected, forbidden } = checkExpectations(report, demands.expectations);
  const counted = failOn === "never" ? [] : SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  const findings = report.findings.map(({ id, severity }, index): GatedFinding => {
    const { status, entry } = comparison.findings[index]!;
    if (forbidden.has(id)) return { findingId: id, status: "forbidden", isFailure: true, reason: null };
    if (expected.has(id)) return { findingId: id, status: "expected", isFailure: false, reason: null };
    const isFailure = status !== "accepted" && counted.includes(severity);
    return { findingId: id, status, isFailure, reason: reasonOf(rated[index]!, entry) };
  });
  const isFailed = findings.some(({ isFailure }) => isFailure) || checked.some(({ isMet }) => !isMet);
  return {
    failOn,
    result: isFailed ? "failed" : report.unjudgeable === null ? "passed" : "unjudgeable",
    findings,
    baseline:
      baseline === null ? null : { path: baseline.path, gone: comparison.gone, expired: comparison.expired },
    expectations: checked,
  };
}

function asRated({ ruleId, subject, severity, flowIds, serverFlows }: ReportedFinding): RatedFinding {
  return { ruleId, subject, severity, flows: flowIds.length, serverFlows };
}

function reasonOf(finding: RatedFinding, entry: AcceptedFinding | null): string | null {
  if (entry === null) return null;
  if (rateOf(finding) > entry.rateUpTo)
    return `${formatShare(rateOf(finding))} of the connections, accepted up to ${formatShare(entry.rateUpTo)}`;
  if (SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(entry.severity))
    return `${finding.severity}, accepted as ${entry.severity}`;
  return `until ${entry.expires}: ${entry.reason.replace(/\.$/, "")}`;
}
