import type { Segment } from "../../decode/segment.js";
import type { Evidence } from "../../engine/finding.js";
import type { Observer, RuleHooks } from "../../engine/rule.js";
import type { TimeWindow } from "../../engine/time-window.js";
import { type Endpoint, HAS_SYN_TIMESTAMPS } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import {
  type ClockGap,
  clockGapOf,
  readClock,
  TIMESTAMP_CLOCK_FIELDS,
  type TimestampClock,
} from "./timestamp-clock.js";

/** A smaller step is not looked for: paths are as late as that. */
export const LEAST_STEP_NS = 500_000_000;
/** How far two ends may disagree about one step, as a share of it. */
const STEP_TOLERANCE = 0.1;
/** For each connection of which an end kept pace meanwhile so many must tell of the step. */
const FEWEST_FOR_ONE_AGAINST = 3;
/** Remembered of each kind; what comes behind them is not asked, for it would say the same. */
const MAX_REMEMBERED = 100_000;
/** More are not told of. */
const MAX_STEPS = 100;

/** The capture's clock was set forward, or what it belongs to and both ends stood still, at some moment of this window. */
export interface ClockStep extends TimeWindow {
  readonly stepNs: number;
  /** The connections whose both ends tell of it. */
  readonly flowIds: readonly number[];
  /** What one of them recorded first behind it. */
  readonly segment: Evidence;
}

export interface ObservedClockSteps extends RuleHooks {
  /** Those by at least `minStepNs`, which is at least LEAST_STEP_NS, in order of time. */
  find(minStepNs: number): ClockStep[];
}

/**
 * Watches for silences that only the capture's clock knows of: the timestamps clocks (RFC 7323) of both ends did not go on
 * meanwhile. An end's clock is read where it breaks a silence of the connection, and there the peer's, by its echo.
 */
export const observeClockSteps: Observer<ObservedClockSteps> = (perFlow) => {
  const clocks = {
    client: perFlow(...TIMESTAMP_CLOCK_FIELDS),
    server: perFlow(...TIMESTAMP_CLOCK_FIELDS),
  };
  const told: Telling[] = [];
  const keptPace: TimeWindow[] = [];

  function read(segment: Segment, flow: Flow): void {
    const { tsval, tsecr, timeNs, frame, fromServer } = segment;
    if (tsval === null || tsecr === null) return;
    const peer = fromServer ? flow.client : flow.server;
    readClock((fromServer ? clocks.server : clocks.client).of(flow), timeNs, tsval, frame);
    if (tsecr !== 0 && peer.segments > 0)
      readClock((fromServer ? clocks.client : clocks.server).of(flow), peer.lastNs, tsecr, 0);
  }

  /** Most connections are never silent for long, and none of their clocks is read. */
  const isWatched = (flow: Flow): boolean =>
    clocks.client.of(flow).readings > 0 || clocks.server.of(flow).readings > 0;

  return {
    paused(segment, flow) {
      const isLong = segment.timeNs - flow.endNs >= LEAST_STEP_NS;
      if (!isWatched(flow)) {
        if (!isLong) return;
        readSyn(clocks.client.of(flow), flow.client);
        readSyn(clocks.server.of(flow), flow.server);
      }
      read(segment, flow);
    },
    fin(segment, flow) {
      if (isWatched(flow)) read(segment, flow);
    },
    flowEnd(flow) {
      if (!isWatched(flow) || told.length + keptPace.length >= MAX_REMEMBERED) return;
      const ofClient = clockGapOf(clocks.client.of(flow));
      const ofServer = clockGapOf(clocks.server.of(flow));
      const telling = ofClient === null || ofServer === null ? null : tell(flow.id, ofClient, ofServer);
      if (telling !== null) {
        told.push(telling);
        return;
      }
      const steady = [ofClient, ofServer].find((gap) => gap !== null && gap.beyondNs < LEAST_STEP_NS / 2);
      if (steady) keptPace.push(steady.known);
    },
    find(minStepNs) {
      return groupTellings(told.filter(({ stepNs }) => stepNs >= minStepNs)).filter(
        ({ startNs, endNs, flowIds }) => {
          const against = keptPace.filter((span) => span.startNs <= startNs && endNs <= span.endNs).length;
          return against * FEWEST_FOR_ONE_AGAINST <= flowIds.length;
        },
      );
    },
  };
};

/** What one connection tells. */
interface Telling extends TimeWindow {
  readonly stepNs: number;
  readonly segment: Evidence;
}

/** Null unless both ends tell of the same step. */
function tell(flowId: number, ofClient: ClockGap, ofServer: ClockGap): Telling | null {
  const stepNs = (ofClient.beyondNs + ofServer.beyondNs) / 2;
  if (Math.min(ofClient.beyondNs, ofServer.beyondNs) < LEAST_STEP_NS) return null;
  if (Math.abs(ofClient.beyondNs - ofServer.beyondNs) > STEP_TOLERANCE * stepNs) return null;
  const common = commonTime(ofClient, ofServer);
  const earliest = [ofClient, ofServer]
    .filter(({ endFrame }) => endFrame > 0)
    .sort((a, b) => a.endNs - b.endNs)[0];
  if (earliest === undefined || !holds(common, stepNs)) return null;
  return { ...common, stepNs, segment: { flowId, frame: earliest.endFrame, timeNs: earliest.endNs } };
}

/** Those of one step together, in order of time; at most MAX_STEPS. */
function groupTellings(tellings: readonly Telling[]): ClockStep[] {
  const groups: { step: Telling; flowIds: number[] }[] = [];
  for (const telling of tellings.toSorted((a, b) => a.startNs - b.startNs)) {
    const { flowId } = telling.segment;
    const same = groups.find(({ step }) => isSameStep(step, telling));
    if (same !== undefined) {
      same.flowIds.push(flowId);
      same.step = { ...same.step, ...commonTime(same.step, telling) };
    } else if (groups.length < MAX_STEPS) {
      groups.push({ step: telling, flowIds: [flowId] });
    }
  }
  return groups.map(({ step, flowIds }) => ({ ...step, flowIds }));
}

function isSameStep(one: Telling, other: Telling): boolean {
  const differenceNs = Math.abs(one.stepNs - other.stepNs);
  return differenceNs <= STEP_TOLERANCE * one.stepNs && holds(commonTime(one, other), one.stepNs);
}

/** How much of the window's time never passed: nanoseconds. */
export function skippedNs(steps: readonly ClockStep[], window: TimeWindow): number {
  let sum = 0;
  for (const step of steps) if (holds(commonTime(step, window), step.stepNs)) sum += step.stepNs;
  return sum;
}

/** A time that has the step in it is about as long as the step, or longer. */
function holds({ startNs, endNs }: TimeWindow, stepNs: number): boolean {
  return endNs - startNs >= stepNs * (1 - STEP_TOLERANCE);
}

function commonTime(one: TimeWindow, other: TimeWindow): TimeWindow {
  return { startNs: Math.max(one.startNs, other.startNs), endNs: Math.min(one.endNs, other.endNs) };
}

function readSyn(clock: TimestampClock, end: Endpoint): void {
  // Some systems leave it 0 in the SYN.
  if (end.facts & HAS_SYN_TIMESTAMPS && end.synTsval !== 0)
    readClock(clock, end.synNs, end.synTsval, end.synFrame);
}
