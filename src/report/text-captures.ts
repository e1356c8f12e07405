import { printable } from "./printable.js";
import { countOf, formatCount, formatDuration } from "./quantity.js";
import type { CaptureSummary, Report } from "./report.js";
import { wrap } from "./wrap.js";

const CAPTURES_SHOWN = 20;
const NAMES_SHOWN = 8;
const INDENT = "  ";

/** What the captures hold and how far they can be trusted: a paragraph each, damaged ones first when many. */
export function captureLines(report: Report, width: number): string[] {
  const { captures } = report;
  const shown =
    captures.length <= CAPTURES_SHOWN
      ? captures
      : [...captures]
          .sort((a, b) => Number(b.damage !== null) - Number(a.damage !== null))
          .slice(0, CAPTURES_SHOWN);
  const lines = ["Captures"];
  for (const capture of shown) lines.push(...summaryLines(capture, width));
  const others = captures.length - shown.length;
  if (others > 0) lines.push(`${INDENT}and ${countOf(others, "capture")} more`);
  return lines;
}

function summaryLines(capture: CaptureSummary, width: number): string[] {
  const format = [
    capture.format,
    ...(capture.compression === null ? [] : [capture.compression]),
    capture.linkType,
  ];
  const start =
    capture.startedAt === null ? "" : ` from ${capture.startedAt}, ${formatDuration(capture.durationNs)}`;
  const lines = wrap(
    `${printable(capture.source)} (${format.join(", ")})${start}`,
    width,
    INDENT,
    `${INDENT}  `,
  );
  const note = (text: string): void => {
    lines.push(...wrap(text, width, `${INDENT}  `, `${INDENT}    `));
  };
  note(
    `${countOf(capture.frames, "frame")}, ${formatCount(capture.tcpFrames)} of them TCP${qualityOf(capture)}`,
  );
  if (capture.frames > capture.tcpFrames) note(`Not TCP segments: ${namesOf(capture)}`);
  if (capture.vantage !== null) note(`Seen from: ${capture.vantage.name} (${capture.vantage.confidence})`);
  if (capture.flaws.length > 0) note(`Quality: see ${capture.flaws.join(", ")}`);
  if (capture.damage !== null) note(`Damaged: ${printable(capture.damage)}`);
  for (const each of capture.notes) note(`Note: ${printable(each)}`);
  return lines;
}

function qualityOf({ droppedFrames, truncatedFrames }: CaptureSummary): string {
  const dropped =
    droppedFrames === null ? "number of dropped frames unknown" : `${formatCount(droppedFrames)} dropped`;
  return `; ${dropped}; ${truncatedFrames === 0 ? "none" : formatCount(truncatedFrames)} cut short by the snaplen`;
}

/** Every frame that gave no segment, so that the numbers add up to `frames`. */
function namesOf({ icmpErrors, notTcp }: CaptureSummary): string {
  const counts = notTcp.map((count) => ({ ...count, name: printable(count.name) }));
  if (icmpErrors > 0) counts.unshift({ name: "icmp errors about tcp", frames: icmpErrors });
  const others = counts.splice(NAMES_SHOWN).reduce((sum, count) => sum + count.frames, 0);
  if (others > 0) counts.push({ name: "others", frames: others });
  return counts.map((count) => `${count.name} ${formatCount(count.frames)}`).join(", ");
}
