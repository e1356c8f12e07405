import type { Severity } from "../engine/finding.js";

/** How a run stands against what is demanded of it: plain data. */
export interface GateSummary {
  /** Least severity of a finding that fails the run. */
  readonly failOn: Severity | "never";
  /** failed: exit code 1; unjudgeable: 3; passed: 0. */
  readonly result: "passed" | "failed" | "unjudgeable";
  /** One for each finding of the report, in the same order. */
  readonly findings: readonly GatedFinding[];
  /** Null when there is none. */
  readonly baseline: BaselineSummary | null;
  /** What the files beside the captures demand. */
  readonly expectations: readonly CheckedExpectation[];
}

export interface GatedFinding {
  readonly findingId: number;
  /**
   * new: nothing accepts it. worse: the baseline accepts it, but less severe or rarer. accepted: by the baseline.
   * expected, forbidden: an expectation demands it, or demands that it is not there.
   */
  readonly status: "new" | "worse" | "accepted" | "expected" | "forbidden";
  /** Whether it fails the run. */
  readonly isFailure: boolean;
  /** Why that is accepted or worse, a sentence without its full stop; null when there is nothing to say. */
  readonly reason: string | null;
}

export interface BaselineSummary {
  readonly path: string;
  /** Accepted, and found no more. Of captures that cannot be judged that says little. */
  readonly gone: readonly AcceptedFinding[];
  /** Entries past their date; they accept nothing any more. */
  readonly expired: readonly AcceptedFinding[];
}

/** An entry of a baseline. */
export interface AcceptedFinding {
  readonly rule: string;
  /** What the finding is about: a listener, a client and a listener, a prefix. */
  readonly subject: string;
  readonly severity: Severity;
  /** Upper end of the bucket of rates: the share of the servers' connections that may be concerned, above 0, at most 1. */
  readonly rateUpTo: number;
  readonly reason: string;
  /** Last day on which it counts, `YYYY-MM-DD`, UTC. */
  readonly expires: string;
}

export interface CheckedExpectation {
  /** The file of expectations. */
  readonly path: string;
  /** The capture that it is about. */
  readonly source: string;
  readonly kind: "must" | "mustNot";
  /** What is demanded, such as `syn-ack-after-data about 10.0.0.2:80`. */
  readonly demand: string;
  readonly isMet: boolean;
  /** What was found instead, a sentence without its full stop; null when it is met. */
  readonly problem: string | null;
}
