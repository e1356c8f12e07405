import { firstAfter } from "../../engine/first-after.js";
import { AT_ONCE_NS } from "../../engine/served-at-once.js";
import type { ServerPaths } from "../addresses/server-paths.js";
import { type ClockStep, skippedNs } from "../clocks/clock-steps.js";
import { ListenerIncidents } from "../listeners/listener-incidents.js";
import { endedByTimer } from "./equal-waits.js";
import {
  isLone,
  type LostAnswer,
  MANY_ANSWERS,
  type SwallowedAnswer,
  type WaitedFlow,
  type WaitedListener,
} from "./waited-flows.js";

/** The waits at one listener that are worth telling, by what they mean. */
export interface DividedWaits {
  /** They stand out. */
  readonly slow: ListenerIncidents<WaitedFlow>;
  /** They do, and were all as long as each other. */
  readonly timed: ListenerIncidents<WaitedFlow>;
  /** They do, and the listener served others without a wait meanwhile. */
  readonly singled: ListenerIncidents<WaitedFlow>;
  /** The way to the server was shut meanwhile. */
  readonly interrupted: ListenerIncidents<WaitedFlow>;
  /** They are meant to be long. */
  readonly held: ListenerIncidents<WaitedFlow>;
  /** Nobody answered. */
  readonly unanswered: ListenerIncidents<WaitedFlow>;
  /** The answer had been sent before. */
  readonly lost: ListenerIncidents<LostAnswer>;
  /** The answer was sent, and never came. */
  readonly swallowed: ListenerIncidents<SwallowedAnswer>;
}

/** What else is known of the time of the waits. */
export interface AroundWaits {
  /** Steps forward of the capture's clock: time that never passed. */
  readonly steps: readonly ClockStep[];
  readonly paths: ServerPaths;
  /** The capture's end, nanoseconds since the origin. */
  readonly endNs: number;
}

/** `options` are those of stall-server. */
export function divideWaits(
  listener: WaitedListener,
  options: Readonly<Record<string, number>>,
  around: AroundWaits,
): DividedWaits {
  const divided: DividedWaits = {
    slow: new ListenerIncidents(),
    timed: new ListenerIncidents(),
    singled: new ListenerIncidents(),
    interrupted: new ListenerIncidents(),
    held: new ListenerIncidents(),
    unanswered: new ListenerIncidents(),
    lost: new ListenerIncidents(),
    swallowed: new ListenerIncidents(),
  };
  for (const wait of listener.lost)
    if (wait.worstNs >= options["minRemoteWaitMs"]! * 1e6) divided.lost.add(wait, wait);
  const slow: WaitedFlow[] = [];
  const singled: WaitedFlow[] = [];
  for (const wait of listener.waits) {
    const kind = kindOf(wait, listener, options);
    if (kind === null || isMostlySkipped(wait, around)) continue;
    if (kind === "held") divided.held.add(wait, wait);
    else if (isInterrupted(wait, around)) divided.interrupted.add(wait, wait);
    else slow.push(wait);
  }
  const timed = endedByTimer(slow);
  for (const wait of slow) {
    if (timed.has(wait)) divided.timed.add(wait, wait);
    else if (wasServingMeanwhile(listener, wait)) singled.push(wait);
    else divided.slow.add(wait, wait);
  }
  // One finding about a listener that is slow is enough.
  if (divided.slow.all().next().done) for (const wait of singled) divided.singled.add(wait, wait);
  // Of a listener that answered nobody nothing is expected.
  if (listener.usual.count === 0) return divided;
  for (const wait of listener.swallowed) {
    if (wait.worstNs < options["minUnansweredMs"]! * 1e6 || isMostlySkipped(wait, around)) continue;
    if (isInterrupted(wait, around)) divided.interrupted.add(wait, wait);
    else divided.swallowed.add(wait, wait);
  }
  for (const flow of listener.unanswered) {
    const wait = asFarAsCaptured(flow, around);
    if (wait.worstNs < options["minUnansweredMs"]! * 1e6 || isMostlySkipped(wait, around)) continue;
    divided[isInterrupted(wait, around) ? "interrupted" : "unanswered"].add(flow, wait);
  }
  return divided;
}

/** Of a wait that may have outlasted the capture what is in it. */
export function asFarAsCaptured(flow: WaitedFlow, around: AroundWaits): WaitedFlow {
  const endNs = Math.min(flow.endNs, around.endNs);
  const waitedNs = endNs - flow.startNs;
  return { ...flow, endNs, totalNs: waitedNs, worstNs: waitedNs };
}

/** So many waits that one timer ended are a poll's. */
const MANY_POLLS = 5;
const POLLING_SHARE = 0.8;
/** Share of a wait, at its beginning and at its end, in which others may have been served although all stood still. */
const STANDSTILL_MARGIN = 0.25;

/** Null where it does not stand out. */
function kindOf(
  wait: WaitedFlow,
  listener: WaitedListener,
  options: Readonly<Record<string, number>>,
): "slow" | "held" | null {
  const { usual, waits } = listener;
  const heldNs = options["minHeldMs"]! * 1e6;
  const usualNs = usual.medianNs;
  if (wait.vantage !== "server-host" && wait.worstNs < options["minRemoteWaitMs"]! * 1e6) return null;
  if (!standsOut(wait, listener, options) && wait.worstNs < options["minLoneWaitMs"]! * 1e6) return null;
  if (wait.hasNoTurns) return wait.worstNs >= heldNs ? "held" : null;
  // All of its first answers take long: who asks there knows it.
  const isUsual = waits.length >= MANY_ANSWERS && usualNs >= heldNs;
  // A long wait after others that were short may as well be a silence of both.
  const isHeld = wait.isMeantToWait || isUsual || isLone(wait, listener);
  return (wait.worstNs >= heldNs && isHeld) || isPolling(wait) ? "held" : "slow";
}

/** It is much longer than a first answer usually takes there. */
export function standsOut(
  { worstNs }: WaitedFlow,
  { usual }: WaitedListener,
  options: Readonly<Record<string, number>>,
): boolean {
  return usual.count > 0 && worstNs >= usual.medianNs * options["usualTimes"]!;
}

/** It asks and asks, and mostly gets its answer when the same time is over: nothing had happened. */
function isPolling({ isMeantToWait, asLong, count }: WaitedFlow): boolean {
  return isMeantToWait && asLong >= MANY_POLLS && asLong >= POLLING_SHARE * count;
}

/** A connection that began well within the longest wait was served: what ends a standstill lets those go that came last, too. */
function wasServingMeanwhile({ listener }: WaitedListener, { worstNs, startNs, endNs }: WaitedFlow): boolean {
  const marginNs = worstNs * STANDSTILL_MARGIN;
  const servedNs = firstAfter(listener.servedNs, startNs + marginNs);
  return servedNs !== undefined && servedNs + AT_ONCE_NS <= endNs - marginNs;
}

/** Most of it is a step forward of the capture's clock. */
export function isMostlySkipped(wait: WaitedFlow, { steps }: AroundWaits): boolean {
  return skippedNs(steps, wait) * 2 >= wait.worstNs;
}

/**
 * An established connection of the two stood still meanwhile: it is the kernel that acknowledges, whatever the server does. Where
 * the capture was taken on the server's host no path lies between.
 */
export function isInterrupted(wait: WaitedFlow, { paths }: AroundWaits): boolean {
  const { clientAddress, serverAddress, vantage } = wait;
  return vantage !== "server-host" && paths.hasStall(clientAddress, serverAddress, wait);
}
