import type { AcceptedFinding, GateSummary } from "./gate-summary.js";
import { printable } from "./printable.js";
import { countOf, formatShare } from "./quantity.js";
import type { Report } from "./report.js";
import { wrap } from "./wrap.js";

const INDENT = "  ";

/** How the run stands against its baseline and expectations; no line when there are none. */
export function gateLines(report: Report, width: number): string[] {
  const { gate } = report;
  if (gate === null || (gate.baseline === null && gate.expectations.length === 0)) return [];
  return [
    ...wrap(gateVerdict(gate), width),
    ...gateRemarks(report, gate).flatMap((remark) => wrap(printable(remark), width, INDENT, `${INDENT}  `)),
  ];
}

/** The result in one sentence. */
export function gateVerdict({ result, findings, expectations, baseline }: GateSummary): string {
  const failing = findings.filter(({ isFailure }) => isFailure).length;
  const unmet = expectations.filter(({ isMet }) => !isMet).length;
  const accepted = findings.filter(({ status }) => status === "accepted").length;
  const parts = [
    ...(failing > 0 ? [countOf(failing, "finding fails it", "findings fail it")] : []),
    ...(unmet > 0 ? [countOf(unmet, "expectation is not met", "expectations are not met")] : []),
    ...(baseline === null ? [] : [`${countOf(accepted, "finding is", "findings are")} accepted`]),
    ...(expectations.length > unmet
      ? [countOf(expectations.length - unmet, "expectation is met", "expectations are met")]
      : []),
  ];
  const name = { passed: "passed", failed: "failed", unjudgeable: "no verdict" }[result];
  return `Gate ${name}: ${parts.length === 0 ? "nothing fails it" : parts.join(", ")}.`;
}

/** What there is to say of single findings, entries and expectations: a sentence each; not escaped. */
export function gateRemarks(report: Report, gate: GateSummary): string[] {
  const remarks: string[] = [];
  for (const [index, { status, isFailure, reason }] of gate.findings.entries()) {
    const { ruleId, subject } = report.findings[index]!;
    const number = `${index + 1}. ${ruleId} about ${subject}`;
    // Without a baseline all are new, and the findings themselves say more.
    if (status === "new" && (!isFailure || gate.baseline === null)) continue;
    remarks.push(`${number}: ${status}${reason === null ? "" : `, ${reason}`}.`);
  }
  for (const { path, kind, demand, problem } of gate.expectations) {
    if (problem !== null)
      remarks.push(`${path}: ${demand} ${kind === "must" ? "must" : "must not"} be there; ${problem}.`);
  }
  const { gone = [], expired = [] } = gate.baseline ?? {};
  const doubt = report.unjudgeable === null ? "" : ", but the captures cannot be judged";
  for (const entry of gone) remarks.push(`Gone: ${describe(entry)}, is found no more${doubt}.`);
  for (const entry of expired)
    remarks.push(`Expired on ${entry.expires}: ${describe(entry)}, counts no more (${entry.reason}).`);
  return remarks;
}

function describe({ rule, subject, rateUpTo }: AcceptedFinding): string {
  return `${rule} about ${subject}, accepted up to ${formatShare(rateUpTo)}`;
}
