import type picocolors from "picocolors";
import { SEVERITIES } from "../engine/finding.js";
import { followUp } from "../report/follow-up.js";
import { printable } from "../report/printable.js";
import { countOf, formatCount, formatDuration, listOf } from "../report/quantity.js";
import { severityColour } from "../report/text-finding.js";
import { wrap } from "../report/wrap.js";
import type { LiveFinding } from "./known-findings.js";
import type { LiveStatus, LiveSummary } from "./live-status.js";

type Colours = ReturnType<typeof picocolors.createColors>;

/** `12.0 s  1,234 packets/s  56 flows  0 dropped  1 finding`. */
export function statusLine(status: LiveStatus): string {
  const { elapsedMs, framesPerSecond, flows, evicted, dropped, findings } = status;
  const forgotten = evicted.halfOpen + evicted.closed + evicted.open;
  return [
    formatDuration(elapsedMs * 1e6),
    `${formatCount(Math.round(framesPerSecond))} packets/s`,
    countOf(flows, "flow") + (forgotten === 0 ? "" : ` (${formatCount(forgotten)} forgotten)`),
    dropped === null ? "drops unknown" : `${formatCount(dropped)} dropped`,
    countOf(findings, "finding"),
  ].join("  ");
}

/** A finding as it is announced; lines with their ends but the last. */
export function findingText(
  { id, finding, news, packets }: LiveFinding,
  database: string,
  width: number,
  colours: Colours,
): string {
  const { severity, ruleId, confidence, message, remedy, flowIds } = finding;
  const title = `${severity}  ${ruleId}  (${confidence}${news === "risen" ? ", surer or worse than before" : ""})`;
  const lines = [
    title.replace(severity, () => severityColour(severity, colours)(severity)).replace(ruleId, colours.bold),
    ...wrap(printable(message), width, "   "),
    ...wrap(printable(remedy), width, "   Remedy   ", "            "),
    ...wrap(
      `finding ${id}, \`${followUp(database, `show ${flowIds[0] ?? 0}`)}\``,
      width,
      "   More     ",
      "            ",
    ),
  ];
  if (packets !== null)
    lines.push(`   Packets  ${printable(packets.path)}, ${countOf(packets.frames, "packet")}`);
  return lines.join("\n");
}

/** What it came to; lines with their ends. */
export function summaryText(summary: LiveSummary, width: number): string {
  const { status, findings, source, backend, timestamps, damage, notes, unjudgeable, database } = summary;
  const dropped =
    status.dropped === null ? "drops unknown" : `${countOf(status.dropped, "packet")} dropped by the kernel`;
  const lines = [
    `${countOf(status.frames, "packet")} of ${countOf(status.flows, "TCP connection")} on ${printable(source)} in ${formatDuration(status.elapsedMs * 1e6)}, ${dropped}.`,
  ];
  const counts = SEVERITIES.map((severity) => ({
    severity,
    count: findings.filter(({ finding }) => finding.severity === severity).length,
  })).filter(({ count }) => count > 0);
  if (counts.length > 0)
    lines.push(`${listOf(counts.map(({ severity, count }) => countOf(count, severity)))} found.`);
  else lines.push(unjudgeable === null ? "Nothing found." : "No verdict.");
  if (unjudgeable !== null) lines.push(`${printable(unjudgeable)}.`);
  if (timestamps === "arrival")
    lines.push(
      `The backend ${backend} does not tell when packets came: times are those of their arrival here.`,
    );
  const { evicted } = status;
  const forgotten = evicted.halfOpen + evicted.closed + evicted.open;
  if (forgotten > 0)
    lines.push(
      `${countOf(forgotten, "flow")} forgotten to bound memory, ${formatCount(evicted.halfOpen)} of them half-open.`,
    );
  for (const note of notes) lines.push(printable(note));
  if (damage !== null) lines.push(`The capture ended early: ${printable(damage)}.`);
  lines.push(`Timelines and findings are in ${printable(database)}.`);
  return `${lines.flatMap((line) => wrap(line, width, "")).join("\n")}\n`;
}
