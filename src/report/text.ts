import picocolors from "picocolors";
import { groupIncidents } from "./incidents.js";
import { printable } from "./printable.js";
import { countOf } from "./quantity.js";
import type { Report, ReportedFinding } from "./report.js";
import { captureLines } from "./text-captures.js";
import { findingLines, severityColour } from "./text-finding.js";
import { gateLines } from "./text-gate.js";
import { kernelLines } from "./text-kernel.js";
import { serverLines } from "./text-servers.js";
import { verdictOf } from "./verdict.js";
import { wrap } from "./wrap.js";

export interface TextOptions {
  /** Columns that a line may take; only what cannot be broken, such as a long path, takes more. */
  readonly width: number;
  /** Whether to write escape sequences for colours. */
  readonly colour: boolean;
}

/** The report for a person at a terminal: verdict, findings, servers, captures, kernel, database. Ends with a line break. */
export function formatText(report: Report, { width, colour }: TextOptions): string {
  const colours = picocolors.createColors(colour);
  const worst = report.findings[0];
  const mood =
    worst !== undefined
      ? severityColour(worst.severity, colours)
      : report.unjudgeable !== null
        ? colours.yellow
        : colours.green;
  const sections = [wrap(verdictOf(report), width).map((line) => colours.bold(mood(line)))];
  if (report.unjudgeable !== null)
    sections.push(wrap(`${printable(report.unjudgeable)}.`.replace(/\.\.$/, "."), width));
  let position = 0;
  for (const incident of groupIncidents(report.findings)) {
    if (incident.length > 1) sections.push([colours.bold(incidentHeading(incident, position + 1))]);
    for (const finding of incident) sections.push(findingLines(finding, ++position, width, colours));
  }
  sections.push(serverLines(report), captureLines(report, width), kernelLines(report.kernel, width));
  sections.push(gateLines(report, width));
  sections.push(
    report.database === null
      ? ["No database was kept."]
      : wrap(`Timelines and findings are in ${printable(report.database)}.`, width),
  );
  return sections
    .filter((section) => section.length > 0)
    .map((section) => `${section.join("\n")}\n`)
    .join("\n");
}

/** Says which of the findings that follow tell of one incident. */
function incidentHeading(incident: readonly ReportedFinding[], first: number): string {
  const flows = new Set(incident.flatMap(({ flowIds }) => flowIds)).size;
  const last = first + incident.length - 1;
  return `Findings ${first} to ${last} are one incident of ${countOf(flows, "connection")}:`;
}
