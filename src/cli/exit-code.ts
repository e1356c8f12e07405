import type { GateSummary } from "../report/gate-summary.js";

/*
 * Exit codes, all of them:
 *
 *     0  done, and no finding is at or above --fail-on that the baseline or an expectation does not know
 *     1  a finding is, or an expectation is not met
 *     2  could not run: wrong usage, unreadable input, a database or a report that cannot be written, interrupted
 *     3  the captures are too damaged or lossy to judge, and 1 does not apply
 */
export const EXIT_CLEAN = 0;
export const EXIT_FINDINGS = 1;
export const EXIT_COULD_NOT_RUN = 2;
export const EXIT_UNJUDGEABLE = 3;

export function exitCodeOf({ result }: GateSummary): number {
  return { passed: EXIT_CLEAN, failed: EXIT_FINDINGS, unjudgeable: EXIT_UNJUDGEABLE }[result];
}
