import { alignColumns } from "../report/columns.js";
import { printable } from "../report/printable.js";
import { countOf, formatCount, formatDuration, formatShare, listOf } from "../report/quantity.js";
import { wrap } from "../report/wrap.js";
import { formatFlags, RST } from "../tcp/flags.js";
import { type Direction, endBeside, endsOf, lostOf, type OfFlow, SIDES } from "./direction.js";
import type { ObservedSegment } from "./observation.js";
import type { Arrived, Sent } from "./pair-segments.js";
import type { Survey } from "./survey.js";

/** A drift of less, or of a smaller share of the way, is not worth a word. Nanoseconds. */
const DRIFT_SHARE = 0.1;
const LEAST_DRIFT_NS = 1_000_000;

/** The survey as lines of text; of segments, and of connections, at most `limit` each. */
export function surveyLines(
  survey: Survey,
  directions: readonly Direction[],
  limit: number,
  width: number,
): string[] {
  return [
    ...wrap(printable(connectionsSentence(survey)), width),
    ...wrap(printable(clocksSentence(survey)), width),
    ...directions.flatMap((direction) => ["", ...directionLines(survey, direction, width)]),
    ...section("Changed on the way", changeSentences(survey), width),
    ...sufferersTable(survey, limit),
    ...segmentTable(survey, "Lost on the way", directions, ({ lost }) => lost, limit),
    ...segmentTable(survey, "Arrived, and were not sent", directions, ({ foreign }) => foreign, limit),
  ];
}

function connectionsSentence({ captures, flows, unalike, apart }: Survey): string {
  const [first, second] = captures;
  const both = flows.filter(({ flows: [one, other] }) => one !== null && other !== null).length;
  const parts = SIDES.flatMap((side) => {
    const missing = flows.filter((flow) => flow.flows[side] === null).length;
    const rest = apart[side];
    return [
      ...(missing > 0 ? [`${formatCount(missing)} of which nothing is in ${captures[side].name}`] : []),
      ...(rest > 0
        ? [
            `${formatCount(rest)} in ${captures[side].name} alone, of which nothing tells whether it should be in the other`,
          ]
        : []),
    ];
  });
  if (unalike > 0)
    parts.push(`${formatCount(unalike)} in both whose segments have nothing by which to know them again`);
  const besides = parts.length > 0 ? `; besides ${listOf(parts)}` : "";
  return `${first.name} and ${second.name} hold the same ${countOf(both, "connection")}${besides}.`;
}

function clocksSentence({ captures, clocks }: Survey): string {
  if (clocks === null)
    return "How far the clocks are apart is not known: segments of one direction only are in both.";
  const { startNs, endNs, wayNs } = clocks;
  const driftNs = endNs - startNs;
  const drift =
    Math.abs(driftNs) > Math.max(LEAST_DRIFT_NS, wayNs * DRIFT_SHARE)
      ? `; until the end it ${driftNs > 0 ? "gains" : "loses"} ${formatDuration(Math.abs(Math.round(driftNs)))}`
      : "";
  const name = captures[1].name;
  return `The way takes ${formatDuration(Math.round(wayNs))} at least, and the clock of ${name} is ${formatDuration(Math.abs(Math.round(startNs)))} ${startNs >= 0 ? "ahead of" : "behind"} the other${drift}: if it takes as long there as back.`;
}

function directionLines({ captures }: Survey, direction: Direction, width: number): string[] {
  const { from, sent, sentBytes, lost, lostBytes, needed, needless, delays } = direction;
  const [near, far] = from === 0 ? captures : [captures[1], captures[0]];
  const known = sent - direction.unknown;
  const share = known > 0 ? ` (${formatShare(lost.length / known)})` : "";
  const sentences = [
    `${countOf(sent, "segment")} with ${countOf(sentBytes, "octet")} sent, ${formatCount(lost.length)} lost on the way${share}${lost.length > 0 ? ` with ${countOf(lostBytes, "octet")}` : ""}`,
  ];
  if (needed + needless > 0)
    sentences.push(
      `${countOf(needed + needless, "segment")} sent again: ${formatCount(needed)} needed, ${formatCount(needless)} needless, for what was sent before had arrived`,
    );
  if (delays !== null)
    sentences.push(
      `delay beyond the least: ${formatDuration(nonNegative(delays.medianNs))} or less for half of them, ${formatDuration(nonNegative(delays.mostlyNs))} or less for 95 %, ${formatDuration(nonNegative(delays.longestNs))} at most`,
    );
  if (direction.overtaken > 0)
    sentences.push(`${formatCount(direction.overtaken)} overtaken by what was sent later`);
  if (direction.duplicated > 0) sentences.push(`${formatCount(direction.duplicated)} delivered twice`);
  if (direction.foreign.length > 0) sentences.push(foreignSentence(direction));
  if (direction.missed > 0)
    sentences.push(
      `${formatCount(direction.missed)} acknowledged, and yet not in ${far.name}: that capture is lossy`,
    );
  if (direction.unrecorded > 0)
    sentences.push(
      `${formatCount(direction.unrecorded)} arrived that ${near.name} lacks: that capture is lossy`,
    );
  if (direction.unknown > 0)
    sentences.push(`${formatCount(direction.unknown)} sent when ${far.name} had ended, or not begun`);
  return [
    ...wrap(printable(`From ${near.name} to ${far.name}`), width),
    ...sentences.flatMap((sentence) => wrap(printable(sentence), width, "  ", "    ")),
  ];
}

function foreignSentence({ foreign }: Direction): string {
  const resets = foreign.filter(({ what }) => what.segment.flags & RST).length;
  const which =
    resets === 0 ? "" : `, ${resets === foreign.length ? "RST only" : `${formatCount(resets)} with RST`}`;
  return `${countOf(foreign.length, "segment")} arrived that nobody had sent there${which}: something between sent them, they came another way, or that capture is lossy`;
}

function nonNegative(delayNs: number): number {
  return Math.max(0, Math.round(delayNs));
}

/** What address translation and firewalls do to connections, each with how many it was done to. */
function changeSentences({ captures, flows }: Survey): string[] {
  const counts = new Map<string, number>();
  const count = (sentence: string): void => void counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
  let translated = 0;
  let example = "";
  for (const { flows: own, changes, clientSide } of flows) {
    for (const { end, sent, arrived } of changes)
      count(
        `The ${end}'s SYN${end === "server" ? "-ACK" : ""} was sent with ${sent || "no options"}, and arrived with ${arrived || "no options"}`,
      );
    const [one, other] = own;
    if (one === null || other === null || endsOf(one) === endsOf(other)) continue;
    if (translated++ > 0) continue;
    const [atClient, atServer] = clientSide === 0 ? [one, other] : [other, one];
    example = `${endsOf(atClient)} in ${captures[clientSide].name} is ${endsOf(atServer)} in the other`;
  }
  return [
    ...(translated > 0 ? [`Addresses or ports of ${countOf(translated, "connection")}: ${example}.`] : []),
    ...[...counts].map(([sentence, times]) => `${sentence}: ${countOf(times, "connection")}.`),
  ];
}

function section(title: string, sentences: readonly string[], width: number): string[] {
  if (sentences.length === 0) return [];
  return ["", title, ...sentences.flatMap((sentence) => wrap(printable(sentence), width, "  ", "    "))];
}

/** Connections that lost most, with their numbers in both captures. */
function sufferersTable(survey: Survey, limit: number): string[] {
  const suffering = survey.flows
    .filter((flow) => lostOf(flow) > 0)
    .sort((a, b) => lostOf(b) - lostOf(a))
    .slice(0, limit);
  if (suffering.length === 0) return [];
  const rows = suffering.map((flow) => {
    const own = flow.flows[flow.clientSide] ?? flow.flows[0] ?? flow.flows[1]!;
    return [
      ...flow.flows.map((each) => (each === null ? "-" : String(each.id))),
      endsOf(own),
      ...SIDES.map((side) => formatCount(flow.crossings[endBeside(flow, side)].lost.length)),
    ];
  });
  const header = ["1st", "2nd", "connection, by its numbers in both", "1st to 2nd", "2nd to 1st"];
  const lines = alignColumns([header, ...rows], ["right", "right", "left", "right", "right"]);
  return ["", "Lost segments by connection", ...lines.map((line) => `  ${printable(line)}`)];
}

function segmentTable(
  survey: Survey,
  title: string,
  directions: readonly Direction[],
  of: (direction: Direction) => readonly OfFlow<Sent | Arrived>[],
  limit: number,
): string[] {
  const all = directions
    .flatMap((direction) => of(direction).map((each) => ({ ...each, direction })))
    .sort((a, b) => a.what.segment.timeNs - b.what.segment.timeNs);
  if (all.length === 0) return [];
  const rows = all.slice(0, limit).map(({ flow, end, what, direction: { from } }) => {
    const side = "arrived" in what ? from : from === 0 ? 1 : 0;
    const capture = survey.captures[side];
    const { segment } = what;
    return [
      side === 0 ? "1st" : "2nd",
      `frame ${segment.frame}`,
      `${((segment.timeNs - capture.startNs) / 1e9).toFixed(6)} s`,
      `flow ${flow.flows[side]?.id ?? "-"}`,
      end,
      packetText(segment),
    ];
  });
  const lines = alignColumns(rows, ["left", "left", "right", "left", "left", "left"]);
  const more = all.length - rows.length;
  return [
    "",
    title,
    ...lines.map((line) => `  ${printable(line)}`),
    ...(more > 0 ? [`  and ${formatCount(more)} more: --limit shows them`] : []),
  ];
}

function packetText({ flags, seq, length, ack }: ObservedSegment): string {
  return `${formatFlags(flags)} ${seq}:${seq + length}(${length})${ack === null ? "" : ` ack ${ack}`}`;
}
