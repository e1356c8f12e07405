import { SYN } from "../tcp/flags.js";
import { alignNumbers, type NumberShift } from "./align-numbers.js";
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
  const samples = aligned
    .filter((_, index) => index % stride === 0)
    .map(({ pair, segmentsOf }) => {
      const passages = (end: End) => passagesOf(segmentsOf(0, end), segmentsOf(1, end));
      const sample = { pair, client: passages("client"), server: passages("server") };
      sides.learn(pair, leastOf(sample.client), leastOf(sample.server));
      return sample;
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

/** The segments of both captures with the numbers of the second; null where these cannot be told. */
function align(
  captures: readonly [Observation, Observation],
  { first, second, isTurned }: FlowPair,
): SegmentsOf | null {
  const read: SegmentsOf = (side, end) =>
    side === 0
      ? captures[0].segmentsOf(first, end)
      : captures[1].segmentsOf(second, isTurned ? otherEnd(end) : end);
  const isWhole = [first, second].every(
    ({ clientIsn, serverIsn }) => clientIsn !== null && serverIsn !== null,
  );
  if (isWhole) return read;
  const forward = alignNumbers(read(0, "client"), read(1, "client"));
  const backward = alignNumbers(read(0, "server"), read(1, "server"));
  const shifts: Record<End, NumberShift> | null =
    forward !== null
      ? { client: forward, server: { seq: forward.ack, ack: forward.seq } }
      : backward !== null
        ? { client: { seq: backward.ack, ack: backward.seq }, server: backward }
        : null;
  if (shifts === null) return null;
  return (side, end) => {
    const { seq, ack } = shifts[end];
    const segments = read(side, end);
    if (side === 1 || (seq === 0 && ack === 0)) return segments;
    return segments.map((segment) => ({
      ...segment,
      seq: segment.seq + seq,
      ack: segment.ack === null ? null : segment.ack + ack,
    }));
  };
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
    let [sent, arrived] = [segmentsOf(nearSide, end), segmentsOf(farSide, end)];
    const change = synChange(end, sent, arrived);
    if (change !== null) {
      changes.push(change);
      if (change.sent.includes(TIMESTAMPS) !== change.arrived.includes(TIMESTAMPS))
        [sent, arrived] = [withoutTimestamps(sent), withoutTimestamps(arrived)];
    }
    const way = ways[nearSide];
    const acknowledgedTo = segmentsOf(farSide, otherEnd(end)).reduce(
      (to, { ack }) => Math.max(to, ack ?? 0),
      0,
    );
    const recorded = { end, near: captures[nearSide], far: captures[farSide], way, acknowledgedTo };
    return describeCrossing(pairSegments(sent, arrived, way), recorded);
  };
  const crossings = { client: crossingOf("client"), server: crossingOf("server") };
  return { flows, clientSide, crossings, changes };
}

/** Of a flow that the other capture should have something of as well, as it has of others of the same ends; else nothing. */
function surveyAlone(
  captures: readonly [Observation, Observation],
  flow: ObservedFlow,
  side: Side,
  sides: Sides,
  ways: Ways,
): SurveyedFlow[] {
  if (!sides.knows(flow, side)) return [];
  const segmentsOf: SegmentsOf = (asked, end) => (asked === side ? captures[side].segmentsOf(flow, end) : []);
  const flows: SurveyedFlow["flows"] = side === 0 ? [flow, null] : [null, flow];
  const surveyed = surveyFlow(captures, flows, sides.of(flow, side), ways, segmentsOf);
  const isJudged = ENDS.some((end) => {
    const { lost, foreign } = surveyed.crossings[end];
    return lost.length + foreign.length > 0;
  });
  return isJudged ? [surveyed] : [];
}

const TIMESTAMPS = "TS";

function synChange(
  end: End,
  sent: readonly ObservedSegment[],
  arrived: readonly ObservedSegment[],
): SynChange | null {
  const [near, far] = [sent, arrived].map((segments) => segments.find(({ flags }) => flags & SYN));
  if (near === undefined || far === undefined) return null;
  const change = { end, sent: optionsOf(near), arrived: optionsOf(far) };
  return change.sent === change.arrived ? null : change;
}

function optionsOf({ options, tsval }: ObservedSegment): string {
  const all = [options ?? "", tsval === null ? "" : TIMESTAMPS].filter((option) => option !== "");
  return all.length > 0 ? all.join(",") : "no options";
}

function withoutTimestamps(segments: readonly ObservedSegment[]): ObservedSegment[] {
  return segments.map((segment) => ({ ...segment, tsval: null, tsecr: null }));
}

function opposite(side: Side): Side {
  return side === 0 ? 1 : 0;
}

/** NaN where there is none. */
function leastOf(passages: readonly Passage[]): number {
  return passages.reduce((least, { tookNs }) => Math.min(tookNs, least), passages[0]?.tookNs ?? Number.NaN);
}

function reversed({ sentNs, tookNs }: Passage): Passage {
  return { sentNs: sentNs + tookNs, tookNs: -tookNs };
}

function wayOf(passages: readonly Passage[]): Way | null {
  return passages.length > 0 ? new Way(passages) : null;
}

function clocksOf({ startNs, endNs }: Observation, [there, back]: Ways): ClockDifference | null {
  if (there === null || back === null) return null;
  const ahead = (timeNs: number): number => (there.leastAt(timeNs) - back.leastAt(timeNs)) / 2;
  return {
    startNs: ahead(startNs),
    endNs: ahead(endNs),
    wayNs: (there.leastAt(startNs) + back.leastAt(startNs)) / 2,
  };
}
