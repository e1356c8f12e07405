import { printableJson } from "./printable.js";
import type { Report } from "./report.js";
import { verdictOf } from "./verdict.js";

/** Grows when a member is removed or changes its meaning; new members do not count. */
export const REPORT_VERSION = 1;

/** The report for programs: `reportVersion`, `verdict` and every member of Report. */
export function formatJson(report: Report): string {
  return `${printableJson({ reportVersion: REPORT_VERSION, verdict: verdictOf(report), ...report }, 2)}\n`;
}
