import { formatEndpoint } from "../tcp/address.js";
import type { Crossing } from "./crossing.js";
import { ENDS, type End, type ObservedFlow } from "./observation.js";
import type { Arrived, Sent } from "./pair-segments.js";
import type { Side } from "./sides.js";
import type { Survey, SurveyedFlow } from "./survey.js";

/** All that passed, or should have passed, from one capture to the other, whoever sent it. */
export interface Direction {
  readonly from: Side;
  readonly sent: number;
  readonly sentBytes: number;
  readonly lost: readonly OfFlow<Sent>[];
  readonly lostBytes: number;
  readonly missed: number;
  readonly unknown: number;
  readonly duplicated: number;
  readonly overtaken: number;
  readonly foreign: readonly OfFlow<Arrived>[];
  readonly unrecorded: number;
  readonly needless: number;
  readonly needed: number;
  /** Of those that arrived, beyond the least; null where none did. Nanoseconds. */
  readonly delays: Delays | null;
}

export interface OfFlow<Each> {
  readonly flow: SurveyedFlow;
  readonly end: End;
  readonly what: Each;
}

export interface Delays {
  readonly medianNs: number;
  /** 95 of a hundred took no longer. */
  readonly mostlyNs: number;
  readonly longestNs: number;
}

export const SIDES: readonly Side[] = [0, 1];

export function directionsOf(survey: Survey): Direction[] {
  return SIDES.map((side) => directionOf(survey, side));
}

/** Whether all that was sent is known to have arrived, and nothing else did. */
export function isWhole(directions: readonly Direction[]): boolean {
  return directions.every(({ lost, foreign, unknown }) => lost.length + foreign.length + unknown === 0);
}

/** The end whose segments pass from `from`'s capture to the other one. */
export function endBeside(flow: SurveyedFlow, from: Side): End {
  return flow.clientSide === from ? "client" : "server";
}

export function directionOf({ flows }: Survey, from: Side): Direction {
  const crossings = flows.map((flow) => ({ flow, end: endBeside(flow, from) }));
  const sum = (pick: (crossing: Crossing) => number): number =>
    crossings.reduce((total, { flow, end }) => total + pick(flow.crossings[end]), 0);
  const gather = <Each>(pick: (crossing: Crossing) => readonly Each[]): OfFlow<Each>[] =>
    crossings.flatMap(({ flow, end }) => pick(flow.crossings[end]).map((what) => ({ flow, end, what })));
  return {
    from,
    sent: sum((crossing) => crossing.sent),
    sentBytes: sum((crossing) => crossing.sentBytes),
    lost: gather((crossing) => crossing.lost).sort((a, b) => a.what.segment.timeNs - b.what.segment.timeNs),
    lostBytes: sum((crossing) => crossing.lostBytes),
    missed: sum((crossing) => crossing.missed),
    unknown: sum((crossing) => crossing.unknown),
    duplicated: sum((crossing) => crossing.duplicated),
    overtaken: sum((crossing) => crossing.overtaken),
    foreign: gather((crossing) => crossing.foreign).sort(
      (a, b) => a.what.segment.timeNs - b.what.segment.timeNs,
    ),
    unrecorded: sum((crossing) => crossing.unrecorded),
    needless: sum((crossing) => crossing.needless),
    needed: sum((crossing) => crossing.needed),
    delays: delaysOf(crossings.map(({ flow, end }) => flow.crossings[end].delaysNs)),
  };
}

/** How many segments of the connection were lost, of both ends. */
export function lostOf({ crossings }: SurveyedFlow): number {
  return ENDS.reduce((lost, end) => lost + crossings[end].lost.length, 0);
}

function delaysOf(lists: readonly (readonly number[])[]): Delays | null {
  const all = new Float64Array(lists.reduce((count, { length }) => count + length, 0));
  if (all.length === 0) return null;
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  all.sort();
  const share = (part: number): number => all[Math.min(all.length - 1, Math.floor(all.length * part))]!;
  return { medianNs: share(0.5), mostlyNs: share(0.95), longestNs: share(1) };
}

/** Such as `192.0.2.1:40000 -> 192.0.2.7:80`. */
export function endsOf({ clientAddress, clientPort, serverAddress, serverPort }: ObservedFlow): string {
  return `${formatEndpoint(clientAddress, clientPort)} -> ${formatEndpoint(serverAddress, serverPort)}`;
}
