import type { RouteEvent } from "../../kernel/observations.js";
import { isWithin, type Prefix, parsePrefix } from "../addresses/address-prefix.js";

/** Types of routes whose packets are refused or thrown away (ip-route(8)). */
const UNUSABLE_TYPES: ReadonlySet<string> = new Set(["unreachable", "prohibit", "blackhole", "throw"]);

/** A kernel notices with its next timer that a route is gone, and its peer answers with the next that it is back. */
const ROUTE_SLACK_NS = 500_000_000;

/** A time in which, by the log, an address had no usable route. Times in ns since the capture's origin. */
export interface RouteOutage {
  readonly startNs: number;
  /** When a usable route came back; null when the log does not show it. */
  readonly endNs: number | null;
  /** The route that was deleted, or the one that made it unreachable, as `ip route` writes it. */
  readonly route: string;
  /** deleted: a usable route went, and none that the log knows was left. unusable: a route refuses its packets. */
  readonly kind: "deleted" | "unusable";
  /** A usable route for more addresses was there all the while, as the log knows: the unusable one hid it. */
  readonly hiddenRoute: string | null;
  /** It was in the cache of destinations, not in the table. */
  readonly isCached: boolean;
  /** The log has times of its own. */
  readonly isTimed: boolean;
}

type OpenOutage = Omit<RouteOutage, "endNs">;

interface Entry {
  readonly prefix: Prefix;
  readonly isUnusable: boolean;
  readonly text: string;
  readonly isCached: boolean;
  isPresent: boolean;
}

/**
 * What a log of route changes tells of one address: the longest matching route that the log knows decides. Routes that
 * were there before the log began are not known, so an address is lost only by what the log shows.
 */
export function routeOutages(routes: readonly RouteEvent[], address: string): RouteOutage[] {
  const entries = new Map<string, Entry>();
  /** The present outage, if any. */
  const states: OpenOutage[] = [];
  const outages: RouteOutage[] = [];
  for (const event of routes) {
    const prefix = parsePrefix(event.prefix);
    if (prefix === null || !isWithin(address, prefix)) continue;
    note(entries, event, prefix);
    const now = stateOf(entries, event);
    const before = states.pop();
    const goesOn = before !== undefined && now?.route === before.route && now.kind === before.kind;
    if (before !== undefined && !goesOn) outages.push({ ...before, endNs: event.timeNs });
    // A usable route that comes while the unusable one stays is hidden by it.
    if (now !== null) states.push(goesOn ? { ...now, startNs: before.startNs } : now);
  }
  for (const open of states) outages.push({ ...open, endNs: null });
  return outages;
}

/** The outage of the route that the stall lies in: it began before the stall was felt, and the stall did not end sooner. */
export function routeOutageWithin(
  routes: readonly RouteEvent[],
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

/** A refusing entry that is at fault itself: around it the prefix has a usable route, or it is a cached one. */
export function isStickyRoute({ kind, hiddenRoute, isCached }: RouteOutage): boolean {
  return kind === "unusable" && (hiddenRoute !== null || isCached);
}

function note(entries: Map<string, Entry>, event: RouteEvent, prefix: Prefix): void {
  const isUnusable = UNUSABLE_TYPES.has(event.routeType ?? "") || event.error !== null;
  const isCached = event.routeTable === "cache";
  const key = `${event.prefix} ${isUnusable} ${isCached}`;
  const kind = isUnusable ? `${event.routeType ?? "unreachable"} ` : "";
  const error = event.error === null ? "" : ` error ${event.error}`;
  const gateway = event.gatewayAddr === null ? "" : ` via ${event.gatewayAddr}`;
  const text = `${kind}${event.prefix}${gateway}${isCached ? " cache" : ""}${error}`;
  entries.set(key, { prefix, isUnusable, text, isCached, isPresent: event.operation !== "delete" });
}

function stateOf(entries: ReadonlyMap<string, Entry>, { timeNs, isTimed }: RouteEvent): OpenOutage | null {
  const all = [...entries.values()];
  // Of two as long the usable one counts: an unusable one beside it is a fallback with a worse metric.
  const present = all.filter(({ isPresent }) => isPresent).sort(compareEntries);
  const best = present[0];
  const base = { startNs: timeNs, isTimed };
  const deleted = all
    .filter(({ isPresent, isUnusable, isCached }) => !isPresent && !isUnusable && !isCached)
    .sort(compareEntries)[0];
  if (best !== undefined && !best.isUnusable) return null;
  // A usable route was deleted from under an unusable one for more addresses.
  if (deleted !== undefined && (best === undefined || deleted.prefix.bits > best.prefix.bits))
    return { ...base, route: deleted.text, kind: "deleted", hiddenRoute: null, isCached: false };
  if (best === undefined) return null;
  const hidden = present.find(({ isUnusable, isCached }) => !isUnusable && !isCached);
  return {
    ...base,
    route: best.text,
    kind: "unusable",
    hiddenRoute: hidden?.text ?? null,
    isCached: best.isCached,
  };
}

function compareEntries(a: Entry, b: Entry): number {
  return b.prefix.bits - a.prefix.bits || Number(a.isUnusable) - Number(b.isUnusable);
}
