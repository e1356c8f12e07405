import { RST, SYN } from "../tcp/flags.js";
import { alignNumbers } from "./align-numbers.js";
import { type Crossing, describeCrossing } from "./crossing.js";
import {
  ENDS,
  type End,
  type Observation,
  type ObservedFlow,
  type ObservedSegment,
  otherEnd,
} from "./observation.js";
import { type FlowPair, pairFlows } from "./pair-flows.js";
import { pairSegments, passagesOf } from "./pair-segments.js";
import { type Side, Sides } from "./sides.js";
import { type Passage, Way } from "./way.js";

/** Connections by which the way is measured: enough of them. */
const MOST_SAMPLED = 5000;

/** A connection that both captures hold, or one of them. */
export interface SurveyedFlow {
  /** Null where a capture has nothing of it. */
  readonly flows: readonly [ObservedFlow | null, ObservedFlow | null];
  /** The capture that is nearer to the client. */
  readonly clientSide: Side;
  readonly crossings: Readonly<Record<End, Crossing>>;
  readonly changes: readonly SynChange[];
}

/** What the SYN of one end says in the capture near it, and in the other: its options. */
export interface SynChange {
  readonly end: End;
  readonly sent: string;
  readonly arrived: string;
}

/** If the way takes as long there as back. Nanoseconds. */
export interface ClockDifference {
  /** By how much the second capture's clock is ahead when the first begins, and when it ends. */
  readonly startNs: number;
  readonly endNs: number;
  /** From one capture to the other, at least. */
  readonly wayNs: number;
}

export interface Survey {
  readonly captures: readonly [Observation, Observation];
  readonly flows: readonly SurveyedFlow[];
  /** In both captures, but nothing tells which of their segments are the same. */
  readonly unalike: number;
  /** In one capture only, and nothing tells whether the other should have them. */
  readonly apart: readonly [number, number];
  /** Null where segments are known of one direction only. */
  readonly clocks: ClockDifference | null;
}

type SegmentsOf = (side: Side, end: End) => readonly ObservedSegment[];
/** From the capture of that side to the other one. */
type Ways = readonly [Way | null, Way | null];

/** Follows what the ends of all connections sent from the capture near them to the other one. */
export function surveyBetween(first: Observation, second: Observation): Survey {
  const captures = [first, second] as const;
  const { pairs, onlyFirst, onlySecond } = pairFlows(first.flows, second.flows);
  const aligned = pairs.flatMap((pair) => {
    const segmentsOf = align(captures, pair);
    return segmentsOf === null ? [] : [{ pair, segmentsOf }];
  });
  const stride = Math.ceil(aligned.length / MOST_SAMPLED);
  const sides = new Sides();
  const samples: { pair: FlowPair; client: Passage[]; server: Passage[] }[] = [];
  aligned.forEach(({ pair, segmentsOf }, index) => {
    const isSample = index % stride === 0;
    const passages = (end: End): Passage[] =>
      isSample ? passagesOf(segmentsOf(0, end), segmentsOf(1, end)) : [];
    const sample = { pair, client: passages("client"), server: passages("server") };
    sides.learn(pair, medianOf(sample.client), medianOf(sample.server));
    if (isSample) samples.push(sample);
  });
  const there: Passage[] = [];
  const back: Passage[] = [];
  for (const { pair, client, server } of samples) {
    const isClientFirst = sides.of(pair.first, 0) === 0;
    for (const each of isClientFirst ? client : server) there.push(each);
    for (const each of isClientFirst ? server : client) back.push(reversed(each));
  }
  const ways = [wayOf(there), wayOf(back)] as const;
  const surveyed = aligned.map(({ pair, segmentsOf }): SurveyedFlow => {
    const clientSide = sides.of(pair.first, 0);
    return surveyFlow(captures, [pair.first, pair.second], clientSide, ways, segmentsOf);
  });
  const alone = [
    ...onlyFirst.flatMap((flow) => surveyAlone(captures, flow, 0, sides, ways)),
    ...onlySecond.flatMap((flow) => surveyAlone(captures, flow, 1, sides, ways)),
  ];
  const told = (side: Side): number => alone.filter(({ flows }) => flows[side] !== null).length;
  return {
    captures,
    flows: [...surveyed, ...alone],
    unalike: pairs.length - aligned.length,
    apart: [onlyFirst.length - told(0), onlySecond.length - told(1)],
    clocks: clocksOf(first, ways),
  };
}

/** The segments of both captures, made comparable: with the numbers of the second; null where these cannot be told. */
function align(captures: readonly [Observation, Observation], pair: FlowPair): SegmentsOf | null {
  const { first, second, isTurned } = pair;
  const recorded: SegmentsOf = (side, end) =>
    side === 0
      ? captures[0].segmentsOf(first, end)
      : captures[1].segmentsOf(second, isTurned ? otherEnd(end) : end);
  const areRewritten = ENDS.some((end) => haveOtherTimestamps(recorded(0, end), recorded(1, end)));
  const read: SegmentsOf = areRewritten ? (side, end) => withoutTimestamps(recorded(side, end)) : recorded;
  const shifts = shiftsOf(pair, read);
  if (shifts === null) return null;
  const { client, server } = shifts;
  if (client === 0 && server === 0) return read;
  return (side, end) => {
    const [seq, ack] = end === "client" ? [client, server] : [server, client];
    const segments = read(side, end);
    if (side === 1) return segments;
    return segments.map((segment) => ({
      ...segment,
      seq: segment.seq + seq,
      ack: segment.ack === null ? null : segment.ack + ack,
    }));
  };
}

/** What is to be added to the numbers of each end in the first capture: nothing where both captures have its SYN. */
function shiftsOf({ first, second }: FlowPair, read: SegmentsOf): Record<End, number> | null {
  const isClientKnown = areKnown(first.clientIsn, second.clientIsn);
  const isServerKnown = areKnown(first.serverIsn, second.serverIsn);
  if (isClientKnown && isServerKnown) return { client: 0, server: 0 };
  const forward = alignNumbers(read(0, "client"), read(1, "client"));
  const backward = alignNumbers(read(0, "server"), read(1, "server"));
  const client = isClientKnown ? 0 : (forward?.seq ?? backward?.ack);
  const server = isServerKnown ? 0 : (backward?.seq ?? forward?.ack);
  if (client === undefined && server === undefined) return null;
  if (!isClientKnown && !isServerKnown && (client === undefined || server === undefined)) return null;
  return { client: client ?? 0, server: server ?? 0 };
}

function areKnown(one: number | null, other: number | null): boolean {
  return one !== null && other !== null;
}

function surveyFlow(
  captures: readonly [Observation, Observation],
  flows: SurveyedFlow["flows"],
  clientSide: Side,
  ways: Ways,
  segmentsOf: SegmentsOf,
): SurveyedFlow {
  const changes: SynChange[] = [];
  const crossingOf = (end: End): Crossing => {
    const nearSide = end === "client" ? clientSide : opposite(clientSide);
    const farSide = opposite(nearSide);
    const [sent, arrived] = [segmentsOf(nearSide, end), segmentsOf(farSide, end)];
    const change = synChange(end, sent, arrived);
    if (change !== null) changes.push(change);
    const way = ways[nearSide];
    const acknowledgedTo = segmentsOf(farSide, otherEnd(end)).reduce(
      (to, { ack }) => Math.max(to, ack ?? 0),
      0,
    );
    const recorded = { near: captures[nearSide], far: captures[farSide], way, acknowledgedTo };
    return describeCrossing(pairSegments(sent, arrived, way), recorded);
  };
  const crossings = { client: crossingOf("client"), server: crossingOf("server") };
  return { flows, clientSide, crossings, changes };
}

/** Of a flow that the other capture should have something of as well, as far as others tell; else nothing. */
function surveyAlone(
  captures: readonly [Observation, Observation],
  flow: ObservedFlow,
  side: Side,
  sides: Sides,
  ways: Ways,
): SurveyedFlow[] {
  const clientSide = sides.of(flow, side);
  const segmentsOf: SegmentsOf = (asked, end) => (asked === side ? captures[side].segmentsOf(flow, end) : []);
  if (side !== clientSide ? !sides.knowsEnds(flow, side) : !sides.knowsServer(flow, side)) return [];
  // An answer tells that the other capture does not see all that passes there.
  if (side === clientSide && segmentsOf(side, "server").some(({ flags }) => !(flags & RST))) return [];
  const flows: SurveyedFlow["flows"] = side === 0 ? [flow, null] : [null, flow];
  const surveyed = surveyFlow(captures, flows, clientSide, ways, segmentsOf);
  const isJudged = ENDS.some((end) => {
    const { lost, foreign } = surveyed.crossings[end];
    return lost.length + foreign.length > 0;
  });
  return isJudged ? [surveyed] : [];
}

const TIMESTAMPS = "TS";

/** Of the first SYN that arrived, compared with all that were sent: systems leave options out when they ask again. */
function synChange(
  end: End,
  sent: readonly ObservedSegment[],
  arrived: readonly ObservedSegment[],
): SynChange | null {
  const [near, far] = [sent, arrived].map((segments) => segments.filter(({ flags }) => flags & SYN));
  const [first] = far!;
  if (first === undefined || near!.length === 0) return null;
  const options = optionsOf(first);
  if (near!.some((each) => optionsOf(each) === options)) return null;
  return { end, sent: optionsOf(near![0]!), arrived: options };
}

/** Empty without any. */
function optionsOf({ options, tsval }: ObservedSegment): string {
  return [options ?? "", tsval === null ? "" : TIMESTAMPS].filter((option) => option !== "").join(",");
}

/** Something on the way takes them out, or writes its own: no SYN in one capture has one that the other has. */
function haveOtherTimestamps(one: readonly ObservedSegment[], other: readonly ObservedSegment[]): boolean {
  const [ofOne, ofOther] = [one, other].map((segments) => segments.filter(({ flags }) => flags & SYN));
  if (ofOne!.length === 0 || ofOther!.length === 0) return false;
  const values = new Set(ofOne!.map(({ tsval }) => tsval));
  return !ofOther!.some(({ tsval }) => values.has(tsval));
}

/** Among the other options it stays said that there were any. */
function withoutTimestamps(segments: readonly ObservedSegment[]): ObservedSegment[] {
  return segments.map((segment) => ({ ...segment, options: optionsOf(segment), tsval: null, tsecr: null }));
}

function opposite(side: Side): Side {
  return side === 0 ? 1 : 0;
}

/** NaN where there is none. One that was taken for another's does not count. */
function medianOf(passages: readonly Passage[]): number {
  const tookNs = Float64Array.from(passages, (passage) => passage.tookNs).sort();
  return tookNs[tookNs.length >> 1] ?? Number.NaN;
}

function reversed({ sentNs, tookNs }: Passage): Passage {
  return { sentNs: sentNs + tookNs, tookNs: -tookNs };
}

function wayOf(passages: readonly Passage[]): Way | null {
  return passages.length > 0 ? new Way(passages) : null;
}

function clocksOf({ startNs, endNs }: Observation, [there, back]: Ways): ClockDifference | null {
  if (there === null || back === null) return null;
  const backAt = (timeNs: number): number => back.leastAt(timeNs + there.leastAt(timeNs));
  const ahead = (timeNs: number): number => (there.leastAt(timeNs) - backAt(timeNs)) / 2;
  return {
    startNs: ahead(startNs),
    endNs: ahead(endNs),
    wayNs: Math.max(0, (there.leastAt(startNs) + backAt(startNs)) / 2),
  };
}
