import { type FailedAttempt, type FailingListener, spanOf } from "./failed-attempts.js";
import { PRIVATE_SITE, siteOf } from "./site.js";

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

/**
 * Parts the background of the Internet from failures that somebody may suffer from: any public address is asked, all day
 * long, for ports of services that it never had. An outage has clients that come again; these do not. What counts:
 *
 * - the port never answered anybody in the capture;
 * - at most 20 clients asked for it, none of them from a private address, and each during one minute only;
 * - more than `maxPorts` ports of the address are so, asked by clients of more than `maxPorts` sites, over two hours at
 *   least: long enough for anybody who wants service to come again.
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
    const others = byAddress.get(serverAddress);
    if (others === undefined) byAddress.set(serverAddress, [failing]);
    else others.push(failing);
  }
  const scans = [...byAddress]
    .filter(([, ports]) => isBackground(ports, maxPorts))
    .map(([serverAddress, ports]) => describe(serverAddress, ports));
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

function isBackground(ports: readonly FailingListener[], maxPorts: number): boolean {
  if (ports.length <= maxPorts) return false;
  const attempts = ports.flatMap(({ flows }) => flows);
  const sites = new Set(attempts.map(({ client }) => siteOf(client)));
  const { startNs, endNs } = spanOf(attempts);
  return sites.size > maxPorts && endNs - startNs >= LEAST_SPAN_NS;
}

function describe(serverAddress: string, ports: readonly FailingListener[]): BackgroundScan {
  const attempts = ports.flatMap(({ flows }) => flows).sort((a, b) => a.flowId - b.flowId);
  return { serverAddress, ports, attempts, clients: new Set(attempts.map(({ client }) => client)).size };
}
