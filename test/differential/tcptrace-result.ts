import { alignColumns } from "../../src/report/columns.js";
import type { Measures, Share } from "./floor.js";
import type { StatisticsAgreement } from "./tcptrace.js";

interface NamedAgreement {
  readonly name: string;
  readonly agreement: StatisticsAgreement;
}

/** Captures listed as those that differ most. */
const WORST = 15;

/** Connections that are the same flow, flows with equal statistics, and each column, summed over captures. */
export function tcptraceMeasures(agreements: readonly NamedAgreement[]): Measures {
  let [connections, matched, equal] = [0, 0, 0];
  for (const { agreement } of agreements) {
    connections += agreement.connections;
    matched += agreement.connections - agreement.unmatched.length;
    equal += agreement.equalFlows;
  }
  const measures: Record<string, Share> = {
    "tcptrace connections": { equal: matched, of: connections },
    "tcptrace flows": { equal, of: matched },
  };
  for (const [column, count] of columnSums(agreements))
    measures[`tcptrace column ${column}`] = { equal: matched - count, of: matched };
  return measures;
}

/** The same for people, with the columns and captures that differ most. */
export function tcptraceLines(agreements: readonly NamedAgreement[]): string[] {
  const { "tcptrace connections": connections, "tcptrace flows": flows } = tcptraceMeasures(agreements);
  const columns = [...columnSums(agreements)].sort(([, a], [, b]) => b - a);
  const worst = agreements
    .map(({ name, agreement: { connections: all, unmatched, differentFlows } }) => {
      return { name, all, unmatched: unmatched.length, different: differentFlows.length };
    })
    .filter(({ unmatched, different }) => unmatched + different > 0)
    .sort((a, b) => b.different + b.unmatched - a.different - a.unmatched)
    .slice(0, WORST);
  return [
    `tcptrace: ${connections?.equal} of ${connections?.of} connections are the same flow, ` +
      `${flows?.equal} of those have the same statistics but for known differences`,
    "",
    ...alignColumns([["known difference", "times"], ...explainedRows(agreements)], ["left", "right"]),
    "",
    ...alignColumns(
      [["statistic", "flows that differ"], ...columns.map(([column, count]) => [column, String(count)])],
      ["left", "right"],
    ),
    "",
    ...alignColumns(
      [
        ["capture", "connections", "no flow", "differ"],
        ...worst.map(({ name, all, unmatched, different }) => [
          name,
          ...[all, unmatched, different].map(String),
        ]),
      ],
      ["left", "right", "right", "right"],
    ),
  ];
}

/** Cells whose difference has a known class, by class. */
function explainedRows(agreements: readonly NamedAgreement[]): string[][] {
  const sums = new Map<string, number>();
  for (const { agreement } of agreements) addTo(sums, agreement.explainedByClass);
  return [...sums].sort(([, a], [, b]) => b - a).map(([name, count]) => [name, String(count)]);
}

/** Lines that show every connection of a capture that differs, cell by cell. */
export function* tcptraceDifferenceLines(agreement: StatisticsAgreement): Generator<string, void, undefined> {
  for (const name of agreement.unmatched) yield `  tcptrace ${name}: no flow of ours`;
  for (const { name, differences } of agreement.differentFlows) {
    yield `  tcptrace ${name}`;
    yield* alignColumns(
      differences.map(({ column, ours, theirs }) => [
        `      ${column}`,
        `ours ${ours}`,
        `tcptrace ${theirs}`,
      ]),
      ["left", "left", "left"],
    );
  }
}

/** Flows that differ, by column. */
function columnSums(agreements: readonly NamedAgreement[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { agreement } of agreements) addTo(sums, agreement.differencesByColumn);
  return sums;
}

function addTo(sums: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
}
