import { formatAddress } from "../tcp/address.js";
import type { AddressActivity } from "./address-activity.js";
import { pairOf } from "./address-pair.js";
import { appendTo } from "./append-to.js";
import { type CaptureObservation, type FlowIcmpError, holdsOnlyData } from "./capture-observation.js";
import { type LossBeside, lossBeside, partAlone } from "./cut-off-stalls.js";
import type { Vantage } from "./finding.js";
import { nearestPair } from "./nearest-address.js";
import { clusterStalls, groupAttempts } from "./outage-clusters.js";
import { type RouteOutage, routeOutages } from "./route-states.js";
import type {
  ConnectAttempt,
  FlowOfAddresses,
  Hitch,
  StalledAddresses,
  StalledConnection,
} from "./stalled-addresses.js";
import { groupErrors, isHostUnreachable } from "./unreachable-error.js";

/** A kernel notices with its next timer that a route is gone, and its peer answers with the next that it is back. */
const ROUTE_SLACK_NS = 500_000_000;
/** What is sent while an error is on its way draws one, too. */
const ERROR_SLACK_NS = 1_000_000_000;

/**
 * unreachable: a router refused the segments, or the repetitions do not back off. forward: they are repeated, and
 * nothing comes back. reverse: the answers are captured and do not arrive. local: the segments arrive at the host that
 * should answer, and it sends nothing. alone: other connections between the same two go on meanwhile.
 */
export type OutageKind = "unreachable" | "forward" | "reverse" | "local" | "alone";

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
}

/** What was found of a look's stalls: several rules ask, each for its kinds. */
const found = new WeakMap<CaptureObservation, { observed: StalledAddresses; outages: readonly Outage[] }>();

/** The outages that the stalls of a capture, and its refused attempts, are parts of, in order of time. */
export function findOutages(observed: StalledAddresses, observation: CaptureObservation): readonly Outage[] {
  const known = found.get(observation);
  if (known?.observed === observed) return known.outages;
  const outages = joinStalls(observed, observation);
  found.set(observation, { observed, outages });
  return outages;
}

function joinStalls(observed: StalledAddresses, observation: CaptureObservation): Outage[] {
  // Where acknowledgments were left out by a filter everyone is silent.
  if (holdsOnlyData(observation.evidence)) return [];
  const errors = groupErrors(observation.icmpErrors);
  let byPair: ReadonlyMap<string, readonly Hitch[]> | undefined;
  const hitches = () => {
    byPair ??= groupHitches(observed.hitches);
    return byPair;
  };
  const context: OutageContext = { observed, observation, hub: observed.activity.hub(), errors, hitches };
  const outages: Outage[] = [];
  const taken = new Set<number>();
  const attemptsByPair = new Map<string, ConnectAttempt[]>();
  for (const attempt of observed.attempts) {
    appendTo(attemptsByPair, pairOf(attempt.clientAddress, attempt.serverAddress), attempt);
  }
  for (const cluster of clusterStalls(observed.stalls)) {
    const isExplained = isConfirmed(cluster, observation, errors);
    const { alone, together } = isExplained
      ? { alone: [], together: cluster }
      : partAlone(cluster, observed.paths);
    if (alone.length > 0) outages.push(describe(context, { stalls: alone, attempts: [], isAlone: true }));
    if (together.length === 0) continue;
    const attempts = attemptsOf(attemptsByPair, together).filter(({ flowId }) => !taken.has(flowId));
    for (const { flowId } of attempts) taken.add(flowId);
    outages.push(describe(context, { stalls: together, attempts, isAlone: false }));
  }
  const refused = observed.attempts.filter(
    ({ flowId }) => !taken.has(flowId) && errors.get(flowId)?.some(isRefusedOnTheWay),
  );
  for (const attempts of groupAttempts(refused, errors))
    outages.push(describe(context, { stalls: [], attempts, isAlone: false }));
  return outages.sort((a, b) => a.startNs - b.startNs);
}

function groupHitches(hitches: readonly Hitch[]): Map<string, Hitch[]> {
  const byPair = new Map<string, Hitch[]>();
  for (const hitch of hitches) appendTo(byPair, pairOf(hitch.clientAddress, hitch.serverAddress), hitch);
  return byPair;
}

/** An ICMP error or the log of routes says what happened to these connections. */
function isConfirmed(
  stalls: readonly StalledConnection[],
  { kernel }: CaptureObservation,
  errors: ReadonlyMap<number, readonly FlowIcmpError[]>,
): boolean {
  const { startNs, endNs } = spanOf(stalls, []);
  return stalls.some(
    ({ flowId, silent, repeating }) =>
      errors.has(flowId) ||
      [silent, repeating].some(
        (address) => routeMeanwhile(kernel?.routes ?? [], address, startNs, endNs) !== null,
      ),
  );
}

/** A host that refuses by itself, with a firewall's word, can be reached. */
function isRefusedOnTheWay({ error }: FlowIcmpError): boolean {
  return isHostUnreachable(error) && formatAddress(error.reporter) !== formatAddress(error.quotedDestination);
}

/** Attempts of the same host to reach the same addresses in that time. */
function attemptsOf(
  attemptsByPair: ReadonlyMap<string, readonly ConnectAttempt[]>,
  stalls: readonly StalledConnection[],
): ConnectAttempt[] {
  const { repeating, run } = stalls[0]!;
  if (run.kind === "in-vain") return [];
  const { startNs, endNs } = spanOf(stalls, []);
  return [...new Set(stalls.map((stall) => stall.silent))]
    .flatMap((silent) => attemptsByPair.get(pairOf(repeating, silent)) ?? [])
    .filter((each) => each.endNs > startNs && each.startNs < endNs)
    .sort((a, b) => a.flowId - b.flowId);
}

/** What is the same for all outages of a capture. */
interface OutageContext {
  readonly observed: StalledAddresses;
  readonly observation: CaptureObservation;
  readonly hub: string | null;
  readonly errors: ReadonlyMap<number, readonly FlowIcmpError[]>;
  /** By pairOf; few captures need them. */
  readonly hitches: () => ReadonlyMap<string, readonly Hitch[]>;
}

function describe(
  { observed, observation, hub, errors: allErrors, hitches }: OutageContext,
  {
    stalls,
    attempts,
    isAlone,
  }: {
    readonly stalls: readonly StalledConnection[];
    readonly attempts: readonly ConnectAttempt[];
    readonly isAlone: boolean;
  },
): Outage {
  const { startNs, endNs } = spanOf(stalls, attempts);
  const flows = [...stalls, ...attempts];
  // Errors go to whoever sent what they quote: only those that the repeating side drew count.
  const senders = new Set(flows.map((flow) => ("repeating" in flow ? flow.repeating : flow.clientAddress)));
  const errors = flows
    .flatMap(({ flowId }) => allErrors.get(flowId) ?? [])
    .filter(({ error }) => error.timeNs >= startNs - ERROR_SLACK_NS && error.timeNs <= endNs + ERROR_SLACK_NS)
    .filter(({ error }) => senders.has(formatAddress(error.quotedSource)))
    .sort((a, b) => a.error.timeNs - b.error.timeNs);
  const first = stalls[0];
  const repeating = first?.repeating ?? attempts[0]!.clientAddress;
  const silent = [
    ...new Set([...stalls.map((stall) => stall.silent), ...attempts.map((each) => each.serverAddress)]),
  ];
  const routeOf = (address: string): RouteOutage | null =>
    routeMeanwhile(observation.kernel?.routes ?? [], address, startNs, endNs);
  const vantage = commonVantage(flows);
  const isReverse = first?.run.kind === "in-vain";
  let kind: OutageKind = isAlone ? "alone" : isReverse ? "reverse" : "forward";
  if (kind === "forward" && (errors.length > 0 || stalls.some(({ run }) => run.isSteady)))
    kind = "unreachable";
  // Whoever captured on the silent host, or logged the routes there, saw the segments arrive.
  const isSilentNear = isNear(stalls, hub, vantage);
  const routeBack = isReverse ? null : routeOf(repeating);
  if (
    (kind === "forward" || kind === "unreachable") &&
    errors.length === 0 &&
    (isSilentNear || (vantage === "unknown" && routeBack !== null))
  )
    kind = "local";

  const isFromSilent = kind === "local" || kind === "reverse";
  const host = isFromSilent ? silent[0]! : repeating;
  const affected = isFromSilent ? [repeating] : silent;
  const { activity } = observed;
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
    recovered: stalls.filter(({ ending }) => ending === "answered").length,
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
  };
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

/** The outage of the route that the stall lies in: it began before the stall was felt, and the stall did not end sooner. */
function routeMeanwhile(
  routes: NonNullable<CaptureObservation["kernel"]>["routes"],
  address: string,
  startNs: number,
  endNs: number,
): RouteOutage | null {
  if (routes.length === 0) return null;
  const fitting = routeOutages(routes, address).filter(
    (outage) =>
      outage.startNs < endNs &&
      (outage.endNs ?? endNs) > startNs &&
      (outage.endNs ?? endNs) <= endNs + ROUTE_SLACK_NS,
  );
  const length = (outage: RouteOutage): number => (outage.endNs ?? endNs) - outage.startNs;
  return fitting.sort((a, b) => length(b) - length(a))[0] ?? null;
}

function spanOf(
  stalls: readonly StalledConnection[],
  attempts: readonly ConnectAttempt[],
): { startNs: number; endNs: number } {
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const { run } of stalls) {
    startNs = Math.min(startNs, run.startNs);
    endNs = Math.max(endNs, run.endNs ?? run.lastNs);
  }
  if (stalls.length > 0) return { startNs, endNs };
  for (const attempt of attempts) {
    startNs = Math.min(startNs, attempt.startNs);
    endNs = Math.max(endNs, attempt.endNs);
  }
  return { startNs, endNs };
}

function commonVantage(flows: readonly FlowOfAddresses[]): Vantage {
  const first = flows[0]!.vantage;
  return flows.every(({ vantage }) => vantage === first) ? first : "unknown";
}
