import type picocolors from "picocolors";
import { formatTime } from "../tcp/notation-time.js";
import { toNotation, withoutOptions } from "./notation-packet.js";
import { printable } from "./printable.js";
import { countOf } from "./quantity.js";
import type { LadderPacket, LadderStep, ReportedFinding } from "./report.js";
import { wrap } from "./wrap.js";

/** `0.000000000`: packets stand below each other. */
const TIME_WIDTH = 11;

export interface LadderStyle {
  /** Columns that a line may take. */
  readonly width: number;
  /** What stands before every line. */
  readonly indent: string;
  readonly colours: ReturnType<typeof picocolors.createColors>;
}

/** The packets that prove a finding among their neighbours, as lines of the packet notation; texts are escaped. */
export function evidenceLadder(finding: ReportedFinding, style: LadderStyle): string[] {
  const { ladder } = finding;
  return ladder.flatMap((step, index) => ladderStep(step, ladder[index + 1], finding, style));
}

/** The flow to look at: the one that the evidence is from. */
export function shownFlow(finding: ReportedFinding): number {
  return finding.evidence[0]?.flowId ?? finding.flowIds[0]!;
}

/**
 * A step of the ladder as a line of notation that can be pasted into a test; above what proves something a note says
 * what.
 */
function ladderStep(
  step: LadderStep,
  next: LadderStep | undefined,
  finding: ReportedFinding,
  { width, indent, colours }: LadderStyle,
): string[] {
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
  // One packet can prove two things: both notes stand above it, and it stands once.
  if (packet !== null && !isSamePacket(step, next)) {
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

function isSamePacket(step: LadderPacket, next: LadderStep | undefined): boolean {
  return next?.kind === "packet" && next.frame === step.frame && next.source === step.source;
}
