import type picocolors from "picocolors";
import type { Severity } from "../engine/finding.js";
import { followUp } from "./follow-up.js";
import { printable } from "./printable.js";
import { countOf } from "./quantity.js";
import type { ReportedFinding } from "./report.js";
import { evidenceLadder, shownFlow } from "./text-ladder.js";
import { wrap } from "./wrap.js";

type Colors = ReturnType<typeof picocolors.createColors>;

const INDENT = "   ";
const PARAGRAPH = "            ";

export interface FindingStyle {
  /** Of the finding in the report. */
  readonly number: number;
  readonly hasPackets: boolean;
  /** Number of a finding above with the same explanation, which is not repeated; null when there is none. */
  readonly explainedBy: number | null;
  /** Where timelines were stored; null when nowhere. */
  readonly database: string | null;
  /** Columns that a line may take. */
  readonly width: number;
  readonly colours: Colors;
}

/** One finding: what happened, the packets that prove it, why, what to do, what else it could be, where to look. */
export function findingLines(finding: ReportedFinding, style: FindingStyle): string[] {
  const { severity, ruleId, confidence } = finding;
  const { width, colours } = style;
  const title = `${style.number}. ${severity}  ${ruleId}  (${confidence}, seen from: ${finding.vantage})`;
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
  if (style.hasPackets) lines.push(...evidenceLadder(finding, { width, indent: `${INDENT}  `, colours }), "");
  const paragraph = (heading: string, text: string): void => {
    lines.push(...wrap(printable(text), width, `${INDENT}${heading.padEnd(8)} `, PARAGRAPH));
  };
  if (style.explainedBy === null) {
    paragraph("Why", finding.why);
    paragraph("Remedy", finding.remedy);
    for (const alternative of finding.alternatives) paragraph("Or else", alternative);
  } else paragraph("Why", `see ${style.explainedBy}, also for what to do and what else it could be`);
  const more = whereToLook(finding, flowId, style.database);
  if (more !== null) paragraph("More", more);
  return lines;
}

function whereToLook({ flowIds }: ReportedFinding, flowId: number, database: string | null): string | null {
  const others = flowIds.length - 1;
  const alike = others === 0 ? "" : `${countOf(others, "flow")} alike`;
  if (database === null) return alike === "" ? null : alike;
  const command = `\`${followUp(database, `show ${flowId}`)}\``;
  return others === 0 ? command : `${command} (and ${alike}: view finding_flows)`;
}

export function severityColour(severity: Severity, colours: Colors): (text: string) => string {
  return { error: colours.red, warning: colours.yellow, note: colours.cyan }[severity];
}
