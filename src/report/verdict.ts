import { SEVERITIES } from "../engine/finding.js";
import { countOf, listOf } from "./quantity.js";
import type { Report } from "./report.js";

/** The report in one sentence. */
export function verdictOf(report: Report): string {
  const captures = countOf(report.captures.length, "capture");
  const looked = `${countOf(report.flows, "TCP connection")} in ${captures}`;
  if (report.findings.length > 0) {
    const counts = SEVERITIES.map((severity) => ({
      severity,
      count: report.findings.filter((finding) => finding.severity === severity).length,
    })).filter(({ count }) => count > 0);
    return `${listOf(counts.map(({ severity, count }) => countOf(count, severity)))} found: ${looked}.`;
  }
  if (report.unjudgeable !== null) return `No verdict: ${looked}, but not enough to judge by.`;
  if (report.flows === 0) return `Nothing to judge: no TCP connection in ${captures}.`;
  return `Nothing found: ${looked}.`;
}
