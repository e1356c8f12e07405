import picocolors from "picocolors";
import {
  markdownCode,
  markdownCodeBlock,
  markdownCodeCell,
  markdownProse,
  markdownText,
} from "./markdown-text.js";
import { countOf, formatCount, formatDuration } from "./quantity.js";
import type { CaptureSummary, Report, ReportedFinding } from "./report.js";
import { openedShare, resentShare } from "./server-shares.js";
import { gateRemarks, gateVerdict } from "./text-gate.js";
import { evidenceLadder, shownFlow } from "./text-ladder.js";
import { verdictOf } from "./verdict.js";

/** A summary must stay readable, and GitHub takes one megabyte. */
const FINDINGS_SHOWN = 50;
const REMARKS_SHOWN = 50;
const ROWS_SHOWN = 20;
/** What a pull request's page shows of a code block without a scroll bar. */
const LADDER_WIDTH = 110;

/** The report as Markdown that GitHub and GitLab show: verdict, gate, findings with their evidence, servers, captures. */
export function formatMarkdown(report: Report): string {
  const { gate, unjudgeable } = report;
  const sections = [[`## ${markdownText(verdictOf(report))}`]];
  if (unjudgeable !== null) sections.push([markdownText(`${unjudgeable}.`.replace(/\.\.$/, "."))]);
  if (gate !== null) sections.push([`**${markdownText(gateVerdict(gate))}**`]);
  if (gate !== null) sections.push(limited(gateRemarks(report, gate), REMARKS_SHOWN, "remark"));
  sections.push(findingTable(report));
  for (const [index, finding] of report.findings.slice(0, FINDINGS_SHOWN).entries())
    sections.push(...findingSections(finding, index + 1));
  sections.push(serverTable(report));
  sections.push(limited(report.captures.map(describeCapture), ROWS_SHOWN, "capture", (line) => line));
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n")}\n`;
}

function limited(
  items: readonly string[],
  most: number,
  noun: string,
  format: (item: string) => string = markdownText,
): string[] {
  const lines = items.slice(0, most).map((item) => `* ${format(item)}`);
  const others = items.length - lines.length;
  return others > 0 ? [...lines, `* and ${countOf(others, noun)} more`] : lines;
}

function findingTable({ findings, gate }: Report): string[] {
  if (findings.length === 0) return [];
  const shown = findings.slice(0, FINDINGS_SHOWN);
  const rows = shown.map(({ severity, ruleId, subject, confidence, flowIds }, index) => {
    const status = gate?.findings[index]?.status ?? "new";
    return `| ${index + 1} | ${severity} | ${markdownCodeCell(ruleId)} | ${markdownCodeCell(subject)} | ${formatCount(flowIds.length)} | ${confidence} | ${status} |`;
  });
  const others = findings.length - shown.length;
  return [
    "|  | severity | rule | about | connections | confidence | gate |",
    "| --: | --- | --- | --- | --: | --- | --- |",
    ...rows,
    ...(others > 0 ? ["", `and ${countOf(others, "finding")} more`] : []),
  ];
}

function findingSections(finding: ReportedFinding, number: number): string[][] {
  const { ruleId, severity, message, why, remedy, alternatives, endpoints, source } = finding;
  const style = { width: LADDER_WIDTH, indent: "", colours: picocolors.createColors(false) };
  return [
    [`### ${number}\\. ${severity}: ${markdownCode(ruleId)}`],
    [markdownProse(message)],
    [`Flow ${shownFlow(finding)}, ${markdownCode(endpoints)}, of ${markdownCode(source)}:`],
    markdownCodeBlock(evidenceLadder(finding, style)),
    [`**Why:** ${markdownProse(why)}`],
    [`**Remedy:** ${markdownProse(remedy)}`],
    alternatives.map((alternative) => `* **Or else:** ${markdownProse(alternative)}`),
  ];
}

function serverTable({ servers, serverCount }: Report): string[] {
  if (servers.length === 0) return [];
  const shown = servers.slice(0, ROWS_SHOWN);
  const rows = shown.map((server) => {
    const cells = [
      formatCount(server.flows),
      openedShare(server),
      server.roundTripNs === null ? "-" : formatDuration(server.roundTripNs),
      resentShare(server),
      formatCount(server.stalledFlows),
      formatCount(server.flaggedFlows),
    ];
    return `| ${markdownCodeCell(server.server)} | ${cells.join(" | ")} |`;
  });
  const others = serverCount - shown.length;
  return [
    "| server | connections | opened | RTT | sent again | stalled | flagged |",
    "| --- | --: | --: | --: | --: | --: | --: |",
    ...rows,
    ...(others > 0 ? ["", `and ${countOf(others, "server")} more`] : []),
  ];
}

function describeCapture({ source, frames, damage, notes, flaws }: CaptureSummary): string {
  const remarks = [damage, ...notes].filter((remark) => remark !== null).map(markdownText);
  const quality = flaws.map((flaw) => markdownCode(flaw));
  return [`${markdownCode(source)}: ${countOf(frames, "frame")}`, ...remarks, ...quality].join("; ");
}
