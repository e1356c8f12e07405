import type picocolors from "picocolors";
import type { Severity } from "../engine/finding.js";
import { formatTime } from "../tcp/notation-time.js";
import { toNotation, withoutOptions } from "./notation-packet.js";
import { printable } from "./printable.js";
import { countOf } from "./quantity.js";
import type { LadderStep, ReportedFinding } from "./report.js";
import { wrap } from "./wrap.js";

type Colors = ReturnType<typeof picocolors.createColors>;

/** `0.000000000`: packets stand below each other. */
const TIME_WIDTH = 11;
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
  for (const step of finding.ladder) lines.push(...ladderStep(step, finding, width, colours));
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

/**
 * A step of the ladder as a line of notation that can be pasted into a test; above what proves something a note says
 * what.
 */
function ladderStep(step: LadderStep, finding: ReportedFinding, width: number, colours: Colors): string[] {
  const indent = `${INDENT}  `;
  if (step.kind === "gap") return [colours.dim(`${indent}// ${countOf(step.packets, "packet")} more`)];
  const { role, packet } = step;
  const place = [`frame ${step.frame}`];
  if (step.flowId !== shownFlow(finding)) place.push(`flow ${step.flowId}`);
  if (step.source !== finding.source) place.push(printable(step.source));
  const time = formatTime(step.timeNs, undefined);
  if (packet === null) place.push(`at ${time} s`);
  if (step.cause !== null) place.push(printable(step.cause));
  const start = `${indent}${time.padEnd(TIME_WIDTH)} `;
  if (role === null) {
    const note = ` // ${place.join(", ")}`;
    const text = fitPacket(printable(packet ?? ""), "", width - start.length - note.length);
    return [colours.dim(`${closeUp(start, text.length + note.length, width)}${text}${note}`)];
  }
  const lines = wrap(`${place.join(", ")}: ${printable(step.description)}`, width, `${indent}// `);
  if (packet !== null) {
    const text = fitPacket(printable(packet), ` @${role}`, width - start.length);
    lines.push(colours.bold(`${closeUp(start, text.length, width)}${text}`));
  }
  return lines;
}

/** The start of a line without its padding when what follows would not fit otherwise. */
function closeUp(start: string, restLength: number, width: number): string {
  return start.length + restLength <= width ? start : `${start.trimEnd()} `;
}

/** The packet and its label within `room` columns: options go first, then the window. */
function fitPacket(packet: string, label: string, room: number): string {
  const { text } = toNotation(packet);
  const short = withoutOptions(text);
  const bare = short.replace(/ win \d+/, "");
  const remark = label === "" ? "" : " // options cut";
  if (text.length + label.length <= room) return text + label;
  if (short !== text && short.length + label.length + remark.length <= room) return short + label + remark;
  return (short.length + label.length <= room ? short : bare) + label;
}

/** The flow to look at: the one that the evidence is from. */
function shownFlow(finding: ReportedFinding): number {
  return finding.evidence[0]?.flowId ?? finding.flowIds[0]!;
}

export function severityColour(severity: Severity, colours: Colors): (text: string) => string {
  return { error: colours.red, warning: colours.yellow, note: colours.cyan }[severity];
}
