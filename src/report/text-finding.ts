import type picocolors from "picocolors";
import type { Severity } from "../engine/finding.js";
import { formatTime } from "../tcp/notation-time.js";
import { toNotation, withoutOptions } from "./notation-packet.js";
import { printable } from "./printable.js";
import { countOf } from "./quantity.js";
import type { ReportedEvidence, ReportedFinding } from "./report.js";
import { wrap } from "./wrap.js";

type Colors = ReturnType<typeof picocolors.createColors>;

const INDENT = "   ";
const PARAGRAPH = "            ";

/** One finding: what happened, the packets that prove it, why, what to do, what else it could be, where to look. */
export function findingLines(
  finding: ReportedFinding,
  position: number,
  width: number,
  colours: Colors,
): string[] {
  const { severity, ruleId, confidence } = finding;
  const title = `${position}. ${severity}  ${ruleId}  (${confidence}, seen from: ${finding.vantage})`;
  const flowId = finding.flowIds[0]!;
  const lines = [
    // Escape sequences take no columns, so colours come last.
    title.replace(severity, () => severityColour(severity, colours)(severity)).replace(ruleId, colours.bold),
    ...wrap(printable(finding.message), width, INDENT),
    "",
    ...wrap(
      `flow ${flowId}, ${printable(finding.endpoints)}, in ${printable(finding.source)}`,
      width,
      `${INDENT}Evidence `,
      PARAGRAPH,
    ),
  ];
  for (const evidence of finding.evidence) lines.push(...evidenceLines(evidence, finding, width, colours));
  const paragraph = (heading: string, text: string): void => {
    lines.push(...wrap(printable(text), width, `${INDENT}${heading.padEnd(8)} `, PARAGRAPH));
  };
  lines.push("");
  paragraph("Why", finding.why);
  paragraph("Remedy", finding.remedy);
  for (const alternative of finding.alternatives) paragraph("Or else", alternative);
  const others = finding.flowIds.length - 1;
  const alike = others === 0 ? "" : ` (and ${countOf(others, "flow")} alike: view finding_flows)`;
  lines.push(...wrap(`\`tcptrace-analyze show ${flowId}\`${alike}`, width, `${INDENT}More     `, PARAGRAPH));
  return lines;
}

/** The packet as a line of notation that can be pasted into a test, and what it proves as a note above it. */
function evidenceLines(
  evidence: ReportedEvidence,
  finding: ReportedFinding,
  width: number,
  colours: Colors,
): string[] {
  const indent = `${INDENT}  `;
  const time = formatTime(evidence.flowTimeNs, undefined);
  const place = [`frame ${evidence.frame}`];
  if (evidence.flowId !== finding.flowIds[0]) place.push(`flow ${evidence.flowId}`);
  if (evidence.source !== finding.source) place.push(printable(evidence.source));
  const notes = wrap(printable(evidence.description), width, `${indent}// `).map(colours.dim);
  if (evidence.packet === null) return [...notes, `${indent}// ${[time, ...place].join(", ")}`];
  const { text, remarks } = toNotation(printable(evidence.packet));
  const lineOf = (packet: string, note: readonly string[]): string =>
    `${indent}${time} ${packet} @${evidence.role} // ${note.join(", ")}`;
  const whole = lineOf(text, [...place, ...remarks]);
  const short = withoutOptions(text);
  const line =
    whole.length <= width || short === text ? whole : lineOf(short, [...place, "options left out"]);
  return [...notes, line];
}

export function severityColour(severity: Severity, colours: Colors): (text: string) => string {
  return { error: colours.red, warning: colours.yellow, note: colours.cyan }[severity];
}
