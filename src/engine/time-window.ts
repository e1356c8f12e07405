/** A part of the capture's time. Nanoseconds since the origin. */
export interface TimeWindow {
  readonly startNs: number;
  readonly endNs: number;
}

/**
 * First and last moment of several windows, at least one: what `Report` wants of an incident. Where the frames are not in order
 * of time the first window need not be the earliest, and times may be negative.
 */
export function spanOf(windows: readonly TimeWindow[]): TimeWindow {
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const window of windows) {
    startNs = Math.min(startNs, window.startNs);
    endNs = Math.max(endNs, window.endNs);
  }
  return { startNs, endNs };
}

/** Some time lies between the first beginning and the last end of both. */
export function areConcurrent(some: readonly TimeWindow[], others: readonly TimeWindow[]): boolean {
  const [one, other] = [spanOf(some), spanOf(others)];
  return one.startNs <= other.endNs && other.startNs <= one.endNs;
}

/** The most of them that lie over one moment. */
export function mostAtOnce(windows: readonly TimeWindow[]): number {
  const edges: [number, number][] = [];
  for (const { startNs, endNs } of windows) edges.push([startNs, 1], [endNs, -1]);
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let now = 0;
  let most = 0;
  for (const [, step] of edges) {
    now += step;
    most = Math.max(most, now);
  }
  return most;
}
