import { appendTo } from "../../engine/append-to.js";
import { spanOf } from "../../engine/time-window.js";
import { PRIVATE_SITE, siteOf } from "../addresses/site.js";
import type { FailedAttempt, FailingListener } from "./failed-attempts.js";

/** Ports of one server address that strangers of the Internet tried. */
export interface BackgroundScan {
  readonly serverAddress: string;
  readonly ports: readonly FailingListener[];
  /** In order of appearance. */
  readonly attempts: readonly FailedAttempt[];
  readonly clients: number;
}

/** What a client tries again sooner belongs to the same visit. */
const LONGEST_VISIT_NS = 60 * 1_000_000_000;
/** A mail server tries again after half an hour (RFC 5321, section 4.5.4.1) to an hour, other clients sooner. */
const LEAST_SPAN_NS = 2 * 3600 * 1_000_000_000;
/** A port that more clients asked for has, or had, a service. */
const MOST_CLIENTS = 20;
/** So many strangers with SYNs of their own making are no coincidence. */
const FEWEST_CRAFTED = 3;

/**
 * Parts the background of the Internet from failures that somebody may suffer from: any public address is asked, all day
 * long, for ports of services that it never had. An outage has clients that come again; these do not. What counts:
 *
 * - the port never answered anybody in the capture;
 * - at most 20 clients asked for it, none of them from a private address, and each during one minute only;
 * - more than `maxPorts` ports of the address are so, asked by clients of more than `maxPorts` sites, and that over two
 *   hours at least, long enough for anybody who wants service to come again, or by one client each: a service has several;
 * - or three ports and sites at least, one client each, whose SYNs no system in use sends: with neither window scale nor
 *   SACK nor timestamps, as programs that scan make them by themselves.
 *
 * The listeners are given in order of appearance, and returned so.
 */
export function partBackgroundScans(
  listeners: Iterable<FailingListener>,
  maxPorts: number,
): { wanted: FailingListener[]; scans: BackgroundScan[] } {
  const all = [...listeners];
  const byAddress = new Map<string, FailingListener[]>();
  for (const failing of all) {
    if (!isLeftAlone(failing)) continue;
    const { serverAddress } = failing.flows[0]!;
    appendTo(byAddress, serverAddress, failing);
  }
  const scans = [...byAddress]
    .map(([serverAddress, ports]) => ({ serverAddress, ports: backgroundOf(ports, maxPorts) }))
    .filter(({ ports }) => ports.length > 0)
    .map(({ serverAddress, ports }) => describe(serverAddress, ports));
  const scanned = new Set(scans.flatMap(({ ports }) => ports));
  return { wanted: all.filter((failing) => !scanned.has(failing)), scans };
}

/** No client came again, and few came at all. */
function isLeftAlone({ listener, flows }: FailingListener): boolean {
  if (listener.answersNs.length > 0) return false;
  const visits = new Map<string, { firstNs: number; lastNs: number }>();
  for (const { client, startNs, endNs } of flows) {
    const visit = visits.get(client);
    const firstNs = Math.min(startNs, visit?.firstNs ?? startNs);
    const lastNs = Math.max(endNs, visit?.lastNs ?? endNs);
    if (lastNs - firstNs > LONGEST_VISIT_NS) return false;
    if (visit === undefined && visits.size === MOST_CLIENTS) return false;
    visits.set(client, { firstNs, lastNs });
  }
  return [...visits.keys()].every((client) => siteOf(client) !== PRIVATE_SITE);
}

/** Those of an address's ports that belong to the background. */
function backgroundOf(ports: readonly FailingListener[], maxPorts: number): readonly FailingListener[] {
  const askedOnce = ports.filter(({ flows }) => new Set(flows.map(({ client }) => client)).size === 1);
  const { startNs, endNs } = spanOf(ports.flatMap(({ flows }) => flows));
  if (endNs - startNs >= LEAST_SPAN_NS && areMany(ports, maxPorts + 1)) return ports;
  if (areMany(askedOnce, maxPorts + 1)) return askedOnce;
  const crafted = askedOnce.filter(({ flows }) => flows.every(({ hasBareSyn }) => hasBareSyn));
  return areMany(crafted, FEWEST_CRAFTED) ? crafted : [];
}

/** So many ports were asked for, by clients of so many sites. */
function areMany(ports: readonly FailingListener[], fewest: number): boolean {
  const sites = new Set(ports.flatMap(({ flows }) => flows.map(({ client }) => siteOf(client))));
  return ports.length >= fewest && sites.size >= fewest;
}

function describe(serverAddress: string, ports: readonly FailingListener[]): BackgroundScan {
  const attempts = ports.flatMap(({ flows }) => flows).sort((a, b) => a.flowId - b.flowId);
  return { serverAddress, ports, attempts, clients: new Set(attempts.map(({ client }) => client)).size };
}
