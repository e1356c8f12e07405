import type picocolors from "picocolors";
import type { Severity } from "../engine/finding.js";
import { printable } from "./printable.js";
import { countOf } from "./quantity.js";
import type { ReportedFinding } from "./report.js";
import { evidenceLadder, shownFlow } from "./text-ladder.js";
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
  const flowId = shownFlow(finding);
  const lines = [
    // Escape sequences take no columns, so colours come last.
    title.replace(severity, () => severityColour(severity, colours)(severity)).replace(ruleId, colours.bold),
    ...wrap(printable(finding.message), width, INDENT),
    "",
    ...wrap(
      `flow ${flowId} (${printable(finding.endpoints)}) of ${printable(finding.source)}`,
      width,
      `${INDENT}Evidence `,
      PARAGRAPH,
    ),
  ];
  lines.push(...evidenceLadder(finding, { width, indent: `${INDENT}  `, colours }));
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

export function severityColour(severity: Severity, colours: Colors): (text: string) => string {
  return { error: colours.red, warning: colours.yellow, note: colours.cyan }[severity];
}
