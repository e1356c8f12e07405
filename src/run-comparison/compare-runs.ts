import { SEVERITIES } from "../engine/finding.js";
import { bucketEndOf, keyOf, type RatedFinding, rateOf, stableSubject } from "../gate/rated-finding.js";
import { type Change, compareShares, compareTimes } from "./change.js";
import type { RunSummary, ServerMeasure } from "./run-summary.js";

export interface RunComparison {
  readonly before: RunSummary;
  readonly after: RunSummary;
  readonly findings: readonly ComparedFinding[];
  /** Those with the most connections first. */
  readonly servers: readonly ComparedServer[];
  /** Findings and server's numbers that got better, and worse. */
  readonly better: number;
  readonly worse: number;
  /** Why times are not compared, a sentence; null when they are. */
  readonly timesDoubt: string | null;
}

export interface ComparedFinding {
  readonly ruleId: string;
  readonly subject: string;
  /** unseen: found no more, but the later run has no connection to its server that could tell, or cannot be judged. */
  readonly change: "new" | "gone" | "unseen" | "worse" | "better" | "same";
  readonly before: RatedFinding | null;
  readonly after: RatedFinding | null;
}

export interface ComparedServer {
  readonly server: string;
  /** Null when the run has no connection to it. */
  readonly before: ServerMeasure | null;
  readonly after: ServerMeasure | null;
  readonly changes: {
    readonly established: Change;
    readonly handshakeRtt: Change;
    readonly retransmits: Change;
    readonly stalled: Change;
  };
}

/** What got better and worse from one run to another: findings, and the connections to each server. */
export function compareRuns(before: RunSummary, after: RunSummary): RunComparison {
  const timesDoubt =
    before.vantages.join() === after.vantages.join()
      ? null
      : "The captures were taken at different places, so their round-trip times are not compared";
  const findings = compareFindings(before, after);
  const servers = compareServers(before.servers, after.servers, timesDoubt === null);
  const changes = servers.flatMap((server) => Object.values(server.changes));
  const count = (finding: readonly string[], change: Change): number =>
    findings.filter((each) => finding.includes(each.change)).length +
    changes.filter((each) => each === change).length;
  return {
    ...{ before, after, findings, servers, timesDoubt },
    better: count(["gone", "better"], "better"),
    worse: count(["new", "worse"], "worse"),
  };
}

function compareFindings(before: RunSummary, after: RunSummary): ComparedFinding[] {
  const old = worstByKey(before.findings);
  const now = worstByKey(after.findings);
  const servers = new Set(after.servers.map(({ server }) => server));
  const missing = new Set(before.servers.map(({ server }) => server).filter((name) => !servers.has(name)));
  return [...new Set([...now.keys(), ...old.keys()])].map((key) => {
    const [was = null, is = null] = [old.get(key), now.get(key)];
    const { ruleId, subject } = (is ?? was)!;
    const isUntold = after.unjudgeable !== null || missing.has(serverOf(subject));
    const change = is === null && isUntold ? "unseen" : changeOf(was, is);
    return { ruleId, subject, change, before: was, after: is };
  });
}

/** A subject ends with its server, as in `10.0.0.1 -> 10.0.0.2:80 (vlan 10)`. */
function serverOf(subject: string): string {
  return (stableSubject(subject).split(" -> ").at(-1) ?? "").replace(/ \(.*\)$/, "");
}

function worstByKey(findings: readonly RatedFinding[]): Map<string, RatedFinding> {
  const worst = new Map<string, RatedFinding>();
  for (const finding of findings) {
    const key = keyOf(finding.ruleId, finding.subject);
    const other = worst.get(key);
    if (other === undefined || harmOf(finding) > harmOf(other)) worst.set(key, finding);
  }
  return worst;
}

function changeOf(before: RatedFinding | null, after: RatedFinding | null): ComparedFinding["change"] {
  if (before === null) return "new";
  if (after === null) return "gone";
  const difference = harmOf(after) - harmOf(before);
  return difference > 0 ? "worse" : difference < 0 ? "better" : "same";
}

/** Grows with severity first, then with the bucket of the rate, which is at most 1. */
function harmOf(finding: RatedFinding): number {
  return (SEVERITIES.length - SEVERITIES.indexOf(finding.severity)) * 2 + bucketEndOf(rateOf(finding));
}

function compareServers(
  before: readonly ServerMeasure[],
  after: readonly ServerMeasure[],
  areTimesComparable: boolean,
): ComparedServer[] {
  const old = new Map(before.map((each) => [each.server, each]));
  const now = new Map(after.map((each) => [each.server, each]));
  const servers = [...new Set([...now.keys(), ...old.keys()])].map((server) => {
    const [was = null, is = null] = [old.get(server), now.get(server)];
    return { server, before: was, after: is, changes: changesOf(was, is, areTimesComparable) };
  });
  const flowsOf = (each: ComparedServer): number => (each.before?.flows ?? 0) + (each.after?.flows ?? 0);
  return servers.sort((a, b) => flowsOf(b) - flowsOf(a));
}

function changesOf(
  before: ServerMeasure | null,
  after: ServerMeasure | null,
  areTimesComparable: boolean,
): ComparedServer["changes"] {
  if (before === null || after === null)
    return { established: null, handshakeRtt: null, retransmits: null, stalled: null };
  const establishedOf = ({ established, failed }: ServerMeasure) => ({
    count: established,
    total: established + failed,
  });
  const timeOf = ({ handshakeRttNs, handshakes }: ServerMeasure) => ({
    timeNs: handshakeRttNs,
    samples: handshakes,
  });
  const repeatedOf = ({ retransmits, segments }: ServerMeasure) => ({ count: retransmits, total: segments });
  const stalledOf = ({ stalled, flows }: ServerMeasure) => ({ count: stalled, total: flows });
  return {
    established: compareShares(establishedOf(before), establishedOf(after), true),
    handshakeRtt: areTimesComparable ? compareTimes(timeOf(before), timeOf(after)) : null,
    retransmits: compareShares(repeatedOf(before), repeatedOf(after), false),
    stalled: compareShares(stalledOf(before), stalledOf(after), false),
  };
}
