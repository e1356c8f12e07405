import type { CheckedExpectation } from "../report/gate-summary.js";
import { countOf } from "../report/quantity.js";
import type { Report, ReportedFinding } from "../report/report.js";
import type { Expectations, FindingPattern } from "./expectation-file.js";
import { stableSubject } from "./rated-finding.js";

/** What came of the expectations, and which findings they speak of. */
export interface ExpectationResult {
  readonly checked: readonly CheckedExpectation[];
  /** Ids of findings that must be there, and are. */
  readonly expected: ReadonlySet<number>;
  /** Ids of findings that must not be there. */
  readonly forbidden: ReadonlySet<number>;
}

/** Holds the findings of each capture against what the file beside it demands. */
export function checkExpectations(report: Report, expectations: readonly Expectations[]): ExpectationResult {
  const running = new Set(report.rules.map(({ id }) => id));
  const checked: CheckedExpectation[] = [];
  const expected = new Set<number>();
  const forbidden = new Set<number>();
  for (const { path, source, must, mustNot } of expectations) {
    const findings = report.findings.filter((finding) => finding.source === source);
    const check = (kind: "must" | "mustNot", pattern: FindingPattern): void => {
      const found = findings.filter((finding) => matches(finding, pattern));
      for (const { id } of found) (kind === "must" ? expected : forbidden).add(id);
      const problem = problemOf(kind, pattern, found, running);
      checked.push({ path, source, kind, demand: describe(pattern), isMet: problem === null, problem });
    };
    for (const pattern of must) check("must", pattern);
    for (const pattern of mustNot) check("mustNot", pattern);
  }
  return { checked, expected, forbidden };
}

function problemOf(
  kind: "must" | "mustNot",
  { rule }: FindingPattern,
  found: readonly ReportedFinding[],
  running: ReadonlySet<string>,
): string | null {
  // Of a rule that does not run silence says nothing.
  if (rule !== undefined && !running.has(rule)) return "the rule is off";
  if (kind === "must") return found.length > 0 ? null : "it was not found";
  const [first] = found;
  return first === undefined ? null : `found: ${first.message.replace(/\.$/, "")}`;
}

function matches(finding: ReportedFinding, pattern: FindingPattern): boolean {
  const { rule, subject, severity, confidence, minFlows = 0 } = pattern;
  return (
    (rule === undefined || finding.ruleId === rule) &&
    (subject === undefined || stableSubject(finding.subject) === stableSubject(subject)) &&
    (severity === undefined || finding.severity === severity) &&
    (confidence === undefined || finding.confidence === confidence) &&
    finding.flowIds.length >= minFlows
  );
}

function describe({ rule, subject, severity, confidence, minFlows }: FindingPattern): string {
  const parts = [rule ?? "any finding"];
  if (subject !== undefined) parts.push(`about ${subject}`);
  if (severity !== undefined) parts.push(`of severity ${severity}`);
  if (confidence !== undefined) parts.push(`with confidence ${confidence}`);
  if (minFlows !== undefined) parts.push(`with at least ${countOf(minFlows, "connection")}`);
  return parts.join(" ");
}
