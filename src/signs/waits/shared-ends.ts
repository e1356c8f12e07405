import type { ListenerIncident } from "../listeners/listener-incidents.js";
import type { WaitedFlow } from "./waited-flows.js";

/** Answers of several servers within this time have a common cause. Nanoseconds. */
const SAME_MOMENT_NS = 50_000_000;
const MANY_SERVERS = 3;

/**
 * Tells waits that ended together with those for other servers: a phone that slept, a tunnel that was down. What ended where
 * the servers' host was captured may as well be that host's doing.
 */
export class SharedEnds {
  /** In the order of time. */
  readonly #ends: readonly { readonly address: string; readonly ns: number }[];

  constructor(incidents: readonly ListenerIncident<WaitedFlow>[]) {
    this.#ends = incidents
      .map((incident) => ({ address: addressOf(incident), ns: incident.worst.endNs }))
      .sort((a, b) => a.ns - b.ns);
  }

  /** Whether at least MANY_SERVERS addresses, that of `incident` among them, answered at the moment that ended its longest wait. */
  has(incident: ListenerIncident<WaitedFlow>): boolean {
    if (incident.vantage === "server-host") return false;
    const { endNs } = incident.worst;
    const addresses = new Set<string>();
    for (let at = this.#firstFrom(endNs - SAME_MOMENT_NS); at < this.#ends.length; at++) {
      const { address, ns } = this.#ends[at]!;
      if (ns > endNs + SAME_MOMENT_NS) break;
      addresses.add(address);
      if (addresses.size === MANY_SERVERS) return true;
    }
    return false;
  }

  #firstFrom(ns: number): number {
    let [low, high] = [0, this.#ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ends[middle]!.ns < ns) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The address in a listener's name, `10.0.0.2:80 (vlan 7)`. */
function addressOf({ listener }: ListenerIncident<WaitedFlow>): string {
  return listener.name.replace(/:\d+(?: \(.*\))?$/, "");
}
