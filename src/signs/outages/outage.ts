import type { CaptureObservation, FlowIcmpError } from "../../engine/capture-observation.js";
import { commonVantage } from "../../engine/common-vantage.js";
import type { Vantage } from "../../engine/finding.js";
import { spanOf, type TimeWindow } from "../../engine/time-window.js";
import { formatAddress } from "../../tcp/address.js";
import type { AddressActivity } from "../addresses/address-activity.js";
import { nearestPair } from "../addresses/nearest-address.js";
import { type LossBeside, lossBeside } from "./cut-off-stalls.js";
import type { Hitch } from "./hitch.js";
import { type RouteOutage, routeOutageWithin } from "./route-states.js";
import type { ConnectAttempt, StalledAddresses, StalledConnection } from "./stalled-addresses.js";

/** What is sent while an error is on its way draws one, too. */
const ERROR_SLACK_NS = 1_000_000_000;

/**
 * unreachable: a router refused the segments, or the repetitions do not back off. forward: they are repeated, and
 * nothing comes back. reverse: the answers are captured and do not arrive. local: the segments arrive at the host that
 * should answer, and it sends nothing. alone: other connections between the same two go on meanwhile.
 * delay: everything was held back, and delivered in the end.
 */
export type OutageKind = "unreachable" | "forward" | "reverse" | "local" | "alone" | "delay";

/** One incident: connections between one host and addresses that could not be reached, together. */
export interface Outage {
  readonly kind: OutageKind;
  /** The host that all these connections have in common. */
  readonly host: string;
  /** The addresses that did not answer it, or that its answers did not reach; in order of appearance, at least one. */
  readonly affected: readonly string[];
  /** Connections that stood still; none when only attempts to connect were refused. */
  readonly stalls: readonly StalledConnection[];
  readonly attempts: readonly ConnectAttempt[];
  /** alone: whether other connections there have to send again as well; else none. */
  readonly loss: LossBeside;
  /** The errors that quote one of these connections, in capture order. */
  readonly errors: readonly FlowIcmpError[];
  readonly startNs: number;
  readonly endNs: number;
  /** Connections that went on. */
  readonly recovered: number;
  /** The address nearest to an affected one that was heard meanwhile, and the bits they share; null when none was. */
  readonly working: { readonly address: string; readonly bits: number; readonly near: string } | null;
  /** Other addresses that the host ever talked to, and how many of them were heard meanwhile. */
  readonly others: number;
  readonly workingOthers: number;
  /** How many of the latter the host had sent to before: none is where a tunnel takes everything over. */
  readonly workingKnown: number;
  /** Another address that the silent one sent to meanwhile, so that it was alive; null when none is known. */
  readonly silentSentTo: string | null;
  /** The silent address was heard by the repeating host meanwhile, on another connection. */
  readonly isSilentHeard: boolean;
  /** What the log of routes says of the first affected address in this time; null when nothing. */
  readonly route: RouteOutage | null;
  readonly vantage: Vantage;
  /** The capture was taken on the silent host, as far as its flows or its conversations tell: what was repeated arrived there. */
  readonly isNearSilent: boolean;
}

/** What is the same for all outages of a capture. */
export interface OutageContext {
  readonly observed: StalledAddresses;
  readonly observation: CaptureObservation;
  readonly hub: string | null;
  readonly errors: ReadonlyMap<number, readonly FlowIcmpError[]>;
  /** By pairOf; few captures need them. */
  readonly hitches: () => ReadonlyMap<string, readonly Hitch[]>;
}

/** What belongs to one incident: connections that stood still, or none but attempts to connect; at least one of either. */
export interface OutageParts {
  readonly stalls: readonly StalledConnection[];
  readonly attempts: readonly ConnectAttempt[];
  /** Other connections between the same two went on. */
  readonly isAlone: boolean;
}

/** When these connections stood still, all in all; at least one. */
export function spanOfStalls(stalls: readonly StalledConnection[]): TimeWindow {
  return spanOf(stalls.map(({ run }) => ({ startNs: run.startNs, endNs: run.endNs ?? run.lastNs })));
}

/** What is known of an incident. */
export function describeOutage(context: OutageContext, parts: OutageParts): Outage {
  const { observed, observation, hitches } = context;
  const { stalls, attempts, isAlone } = parts;
  const { activity } = observed;
  const { startNs, endNs } = stalls.length > 0 ? spanOfStalls(stalls) : spanOf(attempts);
  const flows = [...stalls, ...attempts];
  const vantage = commonVantage(flows);
  const errors = errorsOf(context, parts, startNs, endNs);
  const repeating = stalls[0]?.repeating ?? attempts[0]!.clientAddress;
  const silent = [
    ...new Set([...stalls.map((stall) => stall.silent), ...attempts.map((each) => each.serverAddress)]),
  ];
  const routeOf = (address: string): RouteOutage | null =>
    routeOutageWithin(observation.kernel?.routes ?? [], address, startNs, endNs);
  const isReverse = stalls[0]?.run.kind === "in-vain";
  const routeBack = isReverse ? null : routeOf(repeating);
  // Whoever captured on the silent host, or logged the routes there, saw the segments arrive.
  const isNearSilent = isNear(stalls, context.hub, vantage);
  const isArrived = isNearSilent || (vantage === "unknown" && routeBack !== null);
  const kind = kindOf(parts, isReverse, isArrived, errors.length > 0);

  const isFromSilent = kind === "local" || kind === "reverse";
  const host = isFromSilent ? silent[0]! : repeating;
  const affected = isFromSilent ? [repeating] : silent;
  const isAffected = new Set(affected);
  const workingOthers = activity
    .peersMeanwhile(host, kind === "local" ? "to" : "from", startNs, endNs)
    .filter((address) => !isAffected.has(address));
  return {
    kind,
    host,
    affected,
    stalls,
    attempts,
    loss: isAlone ? lossBeside(hitches(), stalls, startNs, endNs) : "none",
    errors,
    startNs,
    endNs,
    recovered: stalls.filter(({ ending, isUntaken }) => ending === "answered" && !isUntaken).length,
    working: nearestPair(affected, workingOthers),
    others:
      activity.countReceivers(host) - affected.filter((each) => activity.hasReceiver(host, each)).length,
    workingOthers: workingOthers.length,
    workingKnown: workingOthers.filter((address) =>
      activity.hasSent(host, address, Number.NEGATIVE_INFINITY, startNs),
    ).length,
    silentSentTo: isFromSilent ? null : sentElsewhere(activity, silent[0]!, host, startNs, endNs),
    isSilentHeard: !isFromSilent && activity.hasSent(silent[0]!, host, startNs, endNs),
    route: kind === "local" ? routeBack : routeOf(affected[0]!),
    vantage,
    isNearSilent,
  };
}

/** Errors go to whoever sent what they quote: only those that the repeating side drew count. */
function errorsOf(
  { errors }: OutageContext,
  { stalls, attempts }: OutageParts,
  startNs: number,
  endNs: number,
): FlowIcmpError[] {
  const senders = new Set([
    ...stalls.map(({ repeating }) => repeating),
    ...attempts.map(({ clientAddress }) => clientAddress),
  ]);
  return [...stalls, ...attempts]
    .flatMap(({ flowId }) => errors.get(flowId) ?? [])
    .filter(({ error }) => error.timeNs >= startNs - ERROR_SLACK_NS && error.timeNs <= endNs + ERROR_SLACK_NS)
    .filter(({ error }) => senders.has(formatAddress(error.quotedSource)))
    .sort((a, b) => a.error.timeNs - b.error.timeNs);
}

function kindOf(
  { stalls, isAlone }: OutageParts,
  isReverse: boolean,
  isArrived: boolean,
  hasErrors: boolean,
): OutageKind {
  if (!hasErrors && isDelay(stalls)) return "delay";
  if (isAlone) return "alone";
  if (isReverse) return "reverse";
  if (hasErrors) return "unreachable";
  if (isArrived) return "local";
  return stalls.some(({ run }) => run.isSteady) ? "unreachable" : "forward";
}

/** All were answered in the end, and of half of them or more it is proven that nothing had been lost. */
function isDelay(stalls: readonly StalledConnection[]): boolean {
  const proven = stalls.filter(({ wasHeldBack }) => wasHeldBack).length;
  return proven > 0 && proven * 2 >= stalls.length && stalls.every(({ ending }) => ending === "answered");
}

/**
 * The capture was taken on the silent host, as far as its flows or its conversations tell; it may have several addresses.
 */
function isNear(stalls: readonly StalledConnection[], hub: string | null, vantage: Vantage): boolean {
  if (stalls.length === 0 || stalls.some(({ isLoopback }) => isLoopback)) return false;
  if (vantage === "unknown") return stalls.every(({ silent }) => silent === hub);
  return stalls.every(({ silent, clientAddress, serverAddress }) => {
    const nearAddress = vantage === "client-host" ? clientAddress : serverAddress;
    return vantage !== "middle" && nearAddress === silent;
  });
}

/** Someone else that `from` sent to in that time. */
function sentElsewhere(
  activity: AddressActivity,
  from: string,
  to: string,
  startNs: number,
  endNs: number,
): string | null {
  const others = activity.peersMeanwhile(from, "to", startNs, endNs);
  return others.find((address) => address !== to) ?? null;
}
