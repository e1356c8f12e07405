import { type RatedFinding, rateOf } from "../gate/rated-finding.js";
import { alignColumns } from "../report/columns.js";
import { printable, printableJson } from "../report/printable.js";
import { countOf, formatCount, formatDuration, formatShare } from "../report/quantity.js";
import { wrap } from "../report/wrap.js";
import type { Change } from "./change.js";
import type { ComparedFinding, ComparedServer, RunComparison } from "./compare-runs.js";
import type { RunSummary, ServerMeasure } from "./run-summary.js";

const SHOWN = 50;

/** Grows when a member is removed or changes its meaning. */
const COMPARISON_VERSION = 1;

/** The comparison as one JSON object with the members of RunComparison. */
export function comparisonOfRunsJson(comparison: RunComparison): string {
  return printableJson({ comparisonVersion: COMPARISON_VERSION, ...comparison }, 2);
}

/** The comparison as lines of text: what changed; what did not is counted. */
export function comparisonOfRunsLines(comparison: RunComparison, width: number): string[] {
  const { before, after, findings, servers, better, worse, timesDoubt } = comparison;
  const lines = [
    ...describeRun("Before", before, width),
    ...describeRun("After", after, width),
    ...(timesDoubt === null ? [] : wrap(`${timesDoubt}.`, width)),
    "",
    `${formatCount(better)} better, ${formatCount(worse)} worse.`,
  ];
  const changed = findings.filter(({ change }) => change !== "same");
  if (changed.length > 0) lines.push("", "Findings");
  for (const finding of changed.slice(0, SHOWN))
    lines.push(...wrap(printable(describeFinding(finding, after)), width, "  ", "    "));
  if (changed.length > SHOWN) lines.push(`  and ${countOf(changed.length - SHOWN, "finding")} more`);
  const moved = servers.filter(hasChanged);
  for (const server of moved.slice(0, SHOWN)) lines.push("", ...serverLines(server));
  if (moved.length > SHOWN) lines.push("", `and ${countOf(moved.length - SHOWN, "server")} more`);
  const rest = findings.length - changed.length;
  lines.push(
    "",
    `The same: ${countOf(rest, "finding")}, ${countOf(servers.length - moved.length, "server")}.`,
  );
  return lines;
}

function describeRun(name: string, run: RunSummary, width: number): string[] {
  const { path, captures, flows, damages, unjudgeable } = run;
  const what = `${countOf(flows, "connection")} in ${countOf(captures, "capture")}`;
  return [
    ...wrap(`${name.padEnd(6)}  ${printable(path)}: ${what}`, width, "", "        "),
    ...damages.flatMap((damage) => wrap(printable(damage), width, "        damaged: ", "          ")),
    ...(unjudgeable === null
      ? []
      : wrap(printable(unjudgeable), width, "        cannot be judged: ", "          ")),
  ];
}

function describeFinding(finding: ComparedFinding, { unjudgeable }: RunSummary): string {
  const { change, ruleId, subject, before, after } = finding;
  const both = before === null || after === null ? "" : `${extentOf(before)}, now `;
  const cause =
    unjudgeable === null ? "no connection to its server any more" : "the later captures cannot be judged";
  const doubt = change === "unseen" ? `; ${cause}` : "";
  return `${change}: ${ruleId} about ${subject}: ${both}${extentOf((after ?? before)!)}${doubt}`;
}

function extentOf(finding: RatedFinding): string {
  const { severity, flows } = finding;
  return `${severity}, ${countOf(flows, "connection")}, ${formatShare(rateOf(finding))}`;
}

function hasChanged({ before, after, changes }: ComparedServer): boolean {
  if (before === null || after === null) return true;
  return Object.values(changes).some((change) => change === "better" || change === "worse");
}

function serverLines({ server, before, after, changes }: ComparedServer): string[] {
  const row = (name: string, format: (measure: ServerMeasure) => string, change: Change): string[] => {
    const cell = (measure: ServerMeasure | null): string => (measure === null ? "-" : format(measure));
    const isWorthSaying = change === "better" || change === "worse";
    return [`  ${name}`, cell(before), cell(after), isWorthSaying ? change : ""];
  };
  const rows = [
    ["", "before", "after", ""],
    row("connections", ({ flows }) => formatCount(flows), null),
    row(
      "established",
      ({ established, failed }) => share(established, established + failed),
      changes.established,
    ),
    row("handshake round trip", ({ handshakeRttNs }) => time(handshakeRttNs), changes.handshakeRtt),
    row(
      "segments sent again",
      ({ retransmits, segments }) => share(retransmits, segments),
      changes.retransmits,
    ),
    row("stalled connections", ({ stalled, flows }) => share(stalled, flows), changes.stalled),
  ];
  return [printable(server), ...alignColumns(rows, ["left", "right", "right", "left"])];
}

function share(count: number, total: number): string {
  return total === 0 ? "-" : formatShare(count / total);
}

function time(timeNs: number | null): string {
  return timeNs === null ? "-" : formatDuration(timeNs);
}
