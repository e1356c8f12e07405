import type { TimeWindow } from "./accept-queue.js";

/** The most of them that lie over one moment. */
export function overlappingFlows(flows: readonly TimeWindow[]): number {
  const edges: [number, number][] = [];
  for (const flow of flows) edges.push([flow.startNs, 1], [flow.endNs, -1]);
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let now = 0;
  let most = 0;
  for (const [, step] of edges) {
    now += step;
    most = Math.max(most, now);
  }
  return most;
}

/** Some time lies between the first beginning and the last end of both. */
export function areConcurrent(some: readonly TimeWindow[], others: readonly TimeWindow[]): boolean {
  const [one, other] = [stallSpan(some), stallSpan(others)];
  return one.startNs <= other.endNs && other.startNs <= one.endNs;
}

/** First and last moment of an incident: what `Report` wants. */
export function stallSpan(flows: readonly TimeWindow[]): TimeWindow {
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const flow of flows) {
    startNs = Math.min(startNs, flow.startNs);
    endNs = Math.max(endNs, flow.endNs);
  }
  return { startNs, endNs };
}
