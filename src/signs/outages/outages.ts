import { appendTo } from "../../engine/append-to.js";
import {
  type CaptureObservation,
  type FlowIcmpError,
  holdsOnlyData,
} from "../../engine/capture-observation.js";
import { formatAddress } from "../../tcp/address.js";
import { pairOf } from "../addresses/address-pair.js";
import { partAlone } from "./cut-off-stalls.js";
import { groupHitches, type Hitch } from "./hitch.js";
import { describeOutage, type Outage, type OutageContext, spanOfStalls } from "./outage.js";
import { clusterStalls, groupAttempts } from "./outage-clusters.js";
import { routeOutageWithin } from "./route-states.js";
import {
  type ConnectAttempt,
  isUnaccepted,
  type StalledAddresses,
  type StalledConnection,
} from "./stalled-addresses.js";
import { groupErrors, isHostUnreachable } from "./unreachable-error.js";

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
  for (const cluster of clusterStalls(observed.stalls.filter((stall) => !isUnaccepted(stall)))) {
    const isExplained = isConfirmed(cluster, observation, errors);
    const { alone, together } = isExplained
      ? { alone: [], together: cluster }
      : partAlone(cluster, observed.paths);
    if (alone.length > 0)
      outages.push(describeOutage(context, { stalls: alone, attempts: [], isAlone: true }));
    if (together.length === 0) continue;
    const attempts = attemptsOf(attemptsByPair, together).filter(({ flowId }) => !taken.has(flowId));
    for (const { flowId } of attempts) taken.add(flowId);
    outages.push(describeOutage(context, { stalls: together, attempts, isAlone: false }));
  }
  const refused = observed.attempts.filter(
    ({ flowId }) => !taken.has(flowId) && errors.get(flowId)?.some(isRefusedOnTheWay),
  );
  for (const attempts of groupAttempts(refused, errors))
    outages.push(describeOutage(context, { stalls: [], attempts, isAlone: false }));
  return outages.sort((a, b) => a.startNs - b.startNs);
}

/** An ICMP error or the log of routes says what happened to these connections. */
function isConfirmed(
  stalls: readonly StalledConnection[],
  { kernel }: CaptureObservation,
  errors: ReadonlyMap<number, readonly FlowIcmpError[]>,
): boolean {
  const { startNs, endNs } = spanOfStalls(stalls);
  return stalls.some(
    ({ flowId, silent, repeating }) =>
      errors.has(flowId) ||
      [silent, repeating].some(
        (address) => routeOutageWithin(kernel?.routes ?? [], address, startNs, endNs) !== null,
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
  const { startNs, endNs } = spanOfStalls(stalls);
  return [...new Set(stalls.map((stall) => stall.silent))]
    .flatMap((silent) => attemptsByPair.get(pairOf(repeating, silent)) ?? [])
    .filter((each) => each.endNs > startNs && each.startNs < endNs)
    .sort((a, b) => a.flowId - b.flowId);
}
