import { SEVERITIES } from "../engine/finding.js";
import type { AcceptedFinding } from "../report/gate-summary.js";
import { bucketEndOf, keyOf, type RatedFinding, rateOf, stableSubject } from "./rated-finding.js";

/** What a baseline says of a finding: nothing accepts it, it is worse than what was accepted, or it is accepted. */
export type BaselineStatus = "new" | "worse" | "accepted";

/** Findings of a run held against what was accepted. */
export interface BaselineComparison {
  /** One for each finding, in the same order; the entry is the one that is about it, null when there is none. */
  readonly findings: readonly { readonly status: BaselineStatus; readonly entry: AcceptedFinding | null }[];
  /** Accepted, and found no more. */
  readonly gone: readonly AcceptedFinding[];
  /** Entries past their date; they accept nothing. */
  readonly expired: readonly AcceptedFinding[];
}

/** @param today `YYYY-MM-DD`, UTC; an entry counts to the end of its date */
export function compareWithBaseline(
  findings: readonly RatedFinding[],
  accepted: readonly AcceptedFinding[],
  today: string,
): BaselineComparison {
  const expired = accepted.filter(({ expires }) => expires < today);
  const valid = accepted.filter(({ expires }) => expires >= today);
  const entries = new Map(valid.map((entry) => [keyOf(entry.rule, entry.subject), entry]));
  const found = new Set(findings.map(({ ruleId, subject }) => keyOf(ruleId, subject)));
  return {
    findings: findings.map((finding) => {
      const entry = entries.get(keyOf(finding.ruleId, finding.subject)) ?? null;
      if (entry === null) return { status: "new", entry };
      return { status: isWorse(finding, entry) ? "worse" : "accepted", entry };
    }),
    gone: valid.filter((entry) => !found.has(keyOf(entry.rule, entry.subject))),
    expired,
  };
}

function isWorse(finding: RatedFinding, { severity, rateUpTo }: AcceptedFinding): boolean {
  return SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(severity) || rateOf(finding) > rateUpTo;
}

/**
 * The baseline that accepts these findings, sorted by rule and subject. What was accepted before keeps its reason, and
 * its date unless that has passed.
 * @param given for what was not accepted before; `today` and `expires` are `YYYY-MM-DD`, UTC
 */
export function acceptFindings(
  findings: readonly RatedFinding[],
  before: readonly AcceptedFinding[],
  given: {
    readonly reason: string;
    readonly expires: string;
    readonly today: string;
    /** Whether the captures can be judged: what is not found in others may still be there, and stays accepted. */
    readonly isJudgeable: boolean;
  },
): AcceptedFinding[] {
  const known = new Map(before.map((entry) => [keyOf(entry.rule, entry.subject), entry]));
  const entries = new Map<string, AcceptedFinding>();
  for (const finding of findings) {
    const key = keyOf(finding.ruleId, finding.subject);
    const earlier = known.get(key);
    const same = entries.get(key);
    const severities = [finding.severity, ...(same === undefined ? [] : [same.severity])];
    entries.set(key, {
      rule: finding.ruleId,
      subject: stableSubject(finding.subject),
      severity: SEVERITIES.find((severity) => severities.includes(severity)) ?? finding.severity,
      rateUpTo: Math.max(bucketEndOf(rateOf(finding)), same?.rateUpTo ?? 0),
      reason: earlier?.reason ?? given.reason,
      expires: earlier !== undefined && earlier.expires >= given.today ? earlier.expires : given.expires,
    });
  }
  if (!given.isJudgeable) for (const [key, entry] of known) if (!entries.has(key)) entries.set(key, entry);
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}
