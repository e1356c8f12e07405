import type { FailOn } from "../config.js";
import { SEVERITIES } from "../engine/finding.js";
import type { Report } from "../report/report.js";

/*
 * Exit codes, all of them:
 *
 *     0  done, and no finding is at or above --fail-on
 *     1  a finding is
 *     2  could not run: wrong usage, unreadable input, a database that cannot be written, interrupted
 *     3  the captures are too damaged or lossy to judge, and no finding is at or above --fail-on
 */
export const EXIT_CLEAN = 0;
export const EXIT_FINDINGS = 1;
export const EXIT_COULD_NOT_RUN = 2;
export const EXIT_UNJUDGEABLE = 3;

/** A finding counts even in a damaged capture: its packets are there. Silence does not. */
export function exitCodeOf(report: Report, failOn: FailOn): number {
  const counted = failOn === "never" ? [] : SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  if (report.findings.some(({ severity }) => counted.includes(severity))) return EXIT_FINDINGS;
  return report.unjudgeable === null ? EXIT_CLEAN : EXIT_UNJUDGEABLE;
}
