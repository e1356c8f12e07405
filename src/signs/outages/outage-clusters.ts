import { appendTo } from "../../engine/append-to.js";
import type { FlowIcmpError } from "../../engine/capture-observation.js";
import type { ConnectAttempt, StalledConnection } from "./stalled-addresses.js";

/** Several addresses that fall silent within this time fall silent together. */
const TOGETHER_NS = 2_000_000_000;

/**
 * Stalls that are one incident: of connections of the same host, to one address while it is silent, or to several that
 * fall silent together. Each cluster in order of time.
 */
export function clusterStalls(stalls: readonly StalledConnection[]): StalledConnection[][] {
  const clusters: { stalls: StalledConnection[]; silent: Set<string>; startNs: number; endNs: number }[] = [];
  const latest = new Map<string, (typeof clusters)[number][]>();
  for (const stall of [...stalls].sort((a, b) => a.run.startNs - b.run.startNs)) {
    const { startNs } = stall.run;
    const endNs = startNs + stall.lengthNs;
    const key = `${stall.run.kind} ${stall.repeating}`;
    const open = (latest.get(key) ?? []).filter((each) => each.endNs >= startNs);
    let cluster = open.find((each) => each.silent.has(stall.silent));
    cluster ??= open.find((each) => startNs - each.startNs <= TOGETHER_NS);
    if (cluster === undefined) {
      cluster = { stalls: [], silent: new Set(), startNs, endNs };
      clusters.push(cluster);
      open.push(cluster);
    }
    latest.set(key, open);
    cluster.stalls.push(stall);
    cluster.silent.add(stall.silent);
    cluster.endNs = Math.max(cluster.endNs, endNs);
  }
  return clusters.map((cluster) => cluster.stalls);
}

/** Refused attempts that are one incident: of one host, and refused by one router. */
export function groupAttempts(
  attempts: readonly ConnectAttempt[],
  errors: ReadonlyMap<number, readonly FlowIcmpError[]>,
): ConnectAttempt[][] {
  const groups = new Map<string, ConnectAttempt[]>();
  for (const attempt of attempts) {
    const error = errors.get(attempt.flowId)![0]!.error;
    const key = `${attempt.clientAddress} ${error.reporter.join(".")} ${error.type} ${error.code}`;
    appendTo(groups, key, attempt);
  }
  return [...groups.values()];
}
