import { ladderHeader } from "./ladder-header.js";
import { toNotation } from "./notation-packet.js";
import { printable } from "./printable.js";
import type { SequencePlot } from "./sequence-plot.js";
import type { FlowTimeline, TimelineIcmpError, TimelineRow } from "./timeline.js";

/** Where notes begin, as far as the packet leaves room. */
const NOTE_COLUMN = 76;
/** `0.000000000`. */
const TIME_WIDTH = 11;

/**
 * One flow as a script of the packet notation (src/tcp/notation.ts): what is known of it as notes, then its ends, then
 * a line a packet with the frame number, tshark's labels, the cause of a repetition and what it proves in the note
 * behind it. ICMP errors stand as notes in their place. Times are seconds since the flow's first segment. `plots` are
 * drawn behind the packets, as notes.
 */
export function* ladderLines(
  timeline: FlowTimeline,
  plots: readonly SequencePlot[] = [],
): IterableIterator<string> {
  const { flow, icmpErrors } = timeline;
  yield* ladderHeader(timeline);
  yield `connection 1 client ${printable(flow.client)} server ${printable(flow.server)}`;
  let nextError = 0;
  let rows = 0;
  for (const row of timeline.rows) {
    while (nextError < icmpErrors.length && icmpErrors[nextError]!.timeNs < row.timeNs) {
      yield icmpErrorLine(icmpErrors[nextError++]!, flow.source);
    }
    yield packetLine(row, flow.source);
    for (const plot of plots) plot.add(row);
    rows++;
  }
  for (const error of icmpErrors.slice(nextError)) yield icmpErrorLine(error, flow.source);
  if (rows === 0)
    yield "// its packets were not kept: analyse with --timeline all, or flagged when it has findings";
  for (const plot of plots) {
    const lines = plot.lines();
    if (lines.length > 0) yield "//";
    for (const line of lines) yield `// ${line}`;
  }
}

function packetLine(row: TimelineRow, flowSource: string): string {
  const { text, remarks } = toNotation(printable(row.packet));
  const copy = row.isCopy ? " {copy}" : "";
  const line = `${formatSeconds(row.timeNs).padEnd(TIME_WIDTH)} ${row.direction} ${alignFlags(text)}${copy}`;
  const notes = [placeOf(row, flowSource), ...remarks];
  if (row.labels !== null) notes.push(printable(row.labels));
  if (row.cause !== null) notes.push(`cause ${printable(row.cause)}`);
  if (row.findings !== null) notes.push(printable(row.findings));
  // The notation has no times so far away: they come from a clock that was set, and the packet becomes a note.
  const isTellable = Number.isSafeInteger(row.timeNs);
  return `${isTellable ? "" : "// "}${line.padEnd(NOTE_COLUMN)} // ${notes.join("  ")}`;
}

function icmpErrorLine(error: TimelineIcmpError, flowSource: string): string {
  const mtu = error.mtu === null ? "" : `, mtu ${error.mtu}`;
  const about = `about a segment from ${error.quotedFrom}${mtu}`;
  const what = `ICMP ${error.name} from ${error.reporter} ${about}`;
  return `// ${formatSeconds(error.timeNs)} ${printable(what)}  ${placeOf(error, flowSource)}`;
}

/** Most packets have one or two flags; padded, their numbers stand below each other. */
function alignFlags(packet: string): string {
  return packet.replace(/^\S+/, (flags) => flags.padEnd(2));
}

function placeOf({ frame, source }: { frame: number; source: string }, flowSource: string): string {
  return source === flowSource ? `frame ${frame}` : `frame ${frame} of ${printable(source)}`;
}

/** Seconds with six decimals, or nine where the capture's clock had them, so that points stand below each other. */
function formatSeconds(timeNs: number): string {
  const magnitudeNs = Math.abs(timeNs);
  const restNs = magnitudeNs % 1e9;
  const fraction =
    restNs % 1000 === 0 ? String(restNs / 1000).padStart(6, "0") : String(restNs).padStart(9, "0");
  return `${timeNs < 0 ? "-" : ""}${(magnitudeNs - restNs) / 1e9}.${fraction}`;
}
