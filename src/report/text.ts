import picocolors from "picocolors";
import { printable } from "./printable.js";
import type { Report } from "./report.js";
import { captureLines } from "./text-captures.js";
import { severityColour } from "./text-finding.js";
import { findingSections } from "./text-findings.js";
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
  sections.push(...findingSections(report, width, colours));
  sections.push(serverLines(report, width), captureLines(report, width), kernelLines(report.kernel, width));
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
