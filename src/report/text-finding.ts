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
  const flowId = shownFlow(finding);
  const endpoints = flowId === finding.flowIds[0] ? ` (${printable(finding.endpoints)})` : "";
  const lines = [
    // Escape sequences take no columns, so colours come last.
    title.replace(severity, () => severityColour(severity, colours)(severity)).replace(ruleId, colours.bold),
    ...wrap(printable(finding.message), width, INDENT),
    "",
    ...wrap(
      `flow ${flowId}${endpoints} of ${printable(finding.source)}`,
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
  const place = [`frame ${evidence.frame}`];
  if (evidence.flowId !== shownFlow(finding)) place.push(`flow ${evidence.flowId}`);
  if (evidence.source !== finding.source) place.push(printable(evidence.source));
  const time = formatTime(evidence.flowTimeNs, undefined);
  if (evidence.packet === null) place.push(`at ${time} s`);
  const note = `${place.join(", ")}: ${printable(evidence.description)}`;
  const lines = wrap(note, width, `${indent}// `).map((line) => colours.dim(line));
  if (evidence.packet !== null) {
    const room = width - indent.length - time.length - evidence.role.length - 3;
    lines.push(`${indent}${time} ${fitPacket(printable(evidence.packet), evidence.role, room)}`);
  }
  return lines;
}

/** The packet with its label, as much of it as there is room for: options go first, then the window. */
function fitPacket(packet: string, role: string, room: number): string {
  const { text } = toNotation(packet);
  const short = withoutOptions(text);
  const bare = short.replace(/ win \d+/, "");
  const label = ` @${role}`;
  if (text.length <= room) return text + label;
  const remark = " // options cut";
  if (short !== text && short.length + remark.length <= room) return short + label + remark;
  return (short.length <= room ? short : bare) + label;
}

/** The flow to look at: the one that the evidence is from. */
function shownFlow(finding: ReportedFinding): number {
  return finding.evidence[0]?.flowId ?? finding.flowIds[0]!;
}

export function severityColour(severity: Severity, colours: Colors): (text: string) => string {
  return { error: colours.red, warning: colours.yellow, note: colours.cyan }[severity];
}
