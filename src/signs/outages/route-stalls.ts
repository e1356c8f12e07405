import type { CaptureObservation } from "../../engine/capture-observation.js";
import type { Hitch } from "./hitch.js";
import { type RouteOutage, routeOutages } from "./route-states.js";
import type { StalledAddresses } from "./stalled-addresses.js";

/** The log's clock and the capture's are those of one host, or of two that agree this well. */
const CLOCK_SLACK_NS = 20_000_000;
/** What came shortly before the route went may wait for its acknowledgment (Linux TCP_DELACK_MIN is 40 ms). */
const ACK_DELAY_NS = 60_000_000;
/** A pause may begin this long before the route goes: nothing was due to be sent. */
const QUIET_NS = 500_000_000;
/** A kernel whose segments cannot leave tries again after half a second (TCP_RESOURCE_PROBE_INTERVAL), or its timer. */
const RESUME_NS = 1_500_000_000;
/** Of a pause without a repetition the outage must be so large a part; the rest is waiting for the timer. */
const PART_OF_PAUSE = 0.25;

/** An outage of a route, and the connections that stood still in it. */
export interface RouteStall {
  readonly outage: RouteOutage;
  /** The end of the log of routes, or of the capture, where it does not show the outage's end. */
  readonly endNs: number;
  /** In order of appearance; at least one. */
  readonly flows: readonly RouteHitch[];
  /** Outages of that address in the log: with many a coincidence is likely. */
  readonly outages: number;
}

/** A connection that stood still, and the address whose route was gone. */
type RouteHitch = Hitch & { readonly address: string };

/**
 * Outages of routes by the kernel's log, each with the connections that stood still because of it: they began to when
 * the route was gone, and went on when it was back. The log alone is no evidence, and nor is a pause somewhere.
 */
export function routeStalls(observed: StalledAddresses, observation: CaptureObservation): RouteStall[] {
  const routes = observation.kernel?.routes.filter(({ isTimed }) => isTimed) ?? [];
  if (routes.length === 0) return [];
  const byAddress = new Map<string, RouteOutage[]>();
  const stalls = new Map<string, RouteStall & { flows: RouteHitch[] }>();
  for (const hitch of observed.hitches) {
    for (const address of [hitch.serverAddress, hitch.clientAddress]) {
      let outages = byAddress.get(address);
      if (outages === undefined) {
        outages = routeOutages(routes, address);
        byAddress.set(address, outages);
      }
      const outage = outages.find((each) => isCaughtIn(hitch, each, observation.endNs));
      if (outage === undefined) continue;
      const key = `${outage.startNs} ${outage.route}`;
      const endNs = outage.endNs ?? observation.endNs;
      const stall = stalls.get(key) ?? { outage, endNs, flows: [], outages: outages.length };
      stalls.set(key, stall);
      // Of one flow both the repetitions and a pause may fit.
      if (stall.flows.at(-1)?.flowId !== hitch.flowId) stall.flows.push({ ...hitch, address });
      break;
    }
  }
  return [...stalls.values()].sort((a, b) => a.outage.startNs - b.outage.startNs);
}

/** What the evidence of `hitchEvidence` is. */
export const HITCH_EVIDENCE = {
  first: "the first segment that was sent again, or the one that ended the pause",
  last: "the last repetition, or the segment that ended the pause",
} as const;

/** Segments of the connection that show its pause best: the first behind it and the last that it took. */
export function hitchEvidence({ flowId, firstFrame, firstNs, lastFrame, lastNs }: Hitch) {
  return {
    first: { flowId, frame: firstFrame, timeNs: firstNs },
    last: { flowId, frame: lastFrame, timeNs: lastNs },
  };
}

/** The longest of the pauses. */
export function worstHitch(flows: readonly RouteHitch[]): RouteHitch {
  let worst = flows[0]!;
  for (const flow of flows) if (flow.endNs - flow.startNs > worst.endNs - worst.startNs) worst = flow;
  return worst;
}

/** The connection stood still while, and because, the route was gone. */
function isCaughtIn(hitch: Hitch, outage: RouteOutage, captureEndNs: number): boolean {
  const goneNs = outage.startNs;
  const backNs = outage.endNs ?? captureEndNs;
  if (hitch.startNs > backNs || hitch.endNs < goneNs) return false;
  // It goes on only when the route is back, and what was lost was sent while it was gone.
  if (outage.endNs !== null && hitch.endNs < backNs - CLOCK_SLACK_NS) return false;
  if (hitch.isRepeated)
    return hitch.startNs >= goneNs - ACK_DELAY_NS && hitch.startNs <= backNs + CLOCK_SLACK_NS;
  const isTogether =
    hitch.startNs >= goneNs - QUIET_NS && hitch.startNs <= backNs && hitch.endNs <= backNs + RESUME_NS;
  return isTogether && backNs - goneNs >= PART_OF_PAUSE * (hitch.endNs - hitch.startNs);
}
