import type { ServerPaths } from "../addresses/server-paths.js";
import { type ClockStep, skippedNs } from "../clocks/clock-steps.js";
import { ListenerIncidents } from "../listeners/listener-incidents.js";
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
    interrupted: new ListenerIncidents(),
    held: new ListenerIncidents(),
    unanswered: new ListenerIncidents(),
    lost: new ListenerIncidents(),
    swallowed: new ListenerIncidents(),
  };
  for (const wait of listener.lost)
    if (wait.worstNs >= options["minRemoteWaitMs"]! * 1e6) divided.lost.add(wait, wait);
  for (const wait of listener.waits) {
    const kind = kindOf(wait, listener, options);
    if (kind === null || isMostlySkipped(wait, around)) continue;
    divided[kind === "slow" && isInterrupted(wait, around) ? "interrupted" : kind].add(wait, wait);
  }
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
  const standsOut = usualNs > 0 && wait.worstNs >= usualNs * options["usualTimes"]!;
  if (!standsOut && wait.worstNs < options["minLoneWaitMs"]! * 1e6) return null;
  if (wait.hasNoTurns) return wait.worstNs >= heldNs ? "held" : null;
  // All of its first answers take long: who asks there knows it.
  const isUsual = waits.length >= MANY_ANSWERS && usualNs >= heldNs;
  // A long wait after others that were short may as well be a silence of both.
  const isHeld = wait.isMeantToWait || isUsual || isLone(wait, listener);
  return wait.worstNs >= heldNs && isHeld ? "held" : "slow";
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
