import { appendTo } from "../engine/append-to.js";
import { DisjointSets } from "./disjoint-sets.js";
import type { ReportedFinding } from "./report.js";

/** Findings about one listener belong together when no more time than this lies between them. Nanoseconds. */
const APART_NS = 60_000_000_000;

/** A finding with its place in the report. */
interface Placed {
  readonly finding: ReportedFinding;
  readonly index: number;
}

/**
 * Findings that tell of one incident, together: those about the same listener at about the same time, and those about
 * different ones that share connections. Groups stand where their worst finding stood. What is said of a whole capture
 * stands alone. A capture of thousands of servers has thousands of findings: no two of them are compared for nothing.
 */
export function groupIncidents(findings: readonly ReportedFinding[]): ReportedFinding[][] {
  const incidents = new DisjointSets(findings.length);
  const placed = findings
    .map((finding, index) => ({ finding, index }))
    .filter(({ finding }) => !finding.ruleId.startsWith("capture-"));
  for (const ofSource of partBy(placed, ({ source }) => [source])) {
    joinSameListener(ofSource, incidents);
    joinSharedFlows(ofSource, incidents);
  }
  const groups = new Map<number, ReportedFinding[]>();
  for (const [index, finding] of findings.entries()) appendTo(groups, incidents.first(index), finding);
  return [...groups.values()];
}

function joinSameListener(placed: readonly Placed[], incidents: DisjointSets): void {
  for (const alike of partBy(placed, ({ data }) =>
    data["listener"] === undefined ? [] : [data["listener"]],
  )) {
    alike.sort((a, b) => a.finding.startNs - b.finding.startNs);
    let endNs = Number.NEGATIVE_INFINITY;
    let last = alike[0]!;
    for (const each of alike) {
      if (each.finding.startNs - endNs <= APART_NS) incidents.join(last.index, each.index);
      endNs = Math.max(endNs, each.finding.endNs);
      last = each;
    }
  }
}

function joinSharedFlows(placed: readonly Placed[], incidents: DisjointSets): void {
  for (const sharing of partBy(placed, ({ flowIds }) => new Set(flowIds))) {
    const [first, ...others] = sharing;
    // Of two about one listener the time alone decides; through a third about another they are joined after all.
    const listener = first!.finding.data["listener"];
    const differ = others.some(
      ({ finding }) => listener === undefined || finding.data["listener"] !== listener,
    );
    if (differ) for (const { index } of others) incidents.join(first!.index, index);
  }
}

/** The findings that have a key in common, for every key. */
function partBy<Key>(
  placed: readonly Placed[],
  keysOf: (finding: ReportedFinding) => Iterable<Key>,
): Iterable<Placed[]> {
  const parts = new Map<Key, Placed[]>();
  for (const each of placed) for (const key of keysOf(each.finding)) appendTo(parts, key, each);
  return parts.values();
}
