import { medianNsOf } from "../../engine/typical-time.js";
import type { IdleClose } from "./idle-closes.js";
import { SlidingLeast } from "./sliding-least.js";

/** So many closes tell after how long a server closes, if they differ by this share of it at most. */
const MANY_CLOSES = 3;
const ALIKE = 0.1;
/** What a program that ends closes is closed within this time. */
const ONE_MOMENT_NS = 20_000_000;

/** After how long a server closes connections that are idle, as most of its FINs tell. Nanoseconds. */
export interface IdleTimeout {
  readonly medianNs: number;
  /** Of the closes that tell it. */
  readonly times: readonly number[];
}

/** From the server's last segment to its close, nanoseconds. */
export function idleNs({ closedNs, servedNs }: IdleClose): number {
  return closedNs - servedNs;
}

/** They are the work of one timer, as far as their lengths tell. */
export function isAlike(oneNs: number, otherNs: number): boolean {
  return Math.abs(oneNs - otherNs) <= ALIKE * Math.max(oneNs, otherNs);
}

/** Those without what was closed at the moment of another that had been idle for another time: as where a program ends. */
export function withoutEnds<Each extends { readonly close: IdleClose }>(all: readonly Each[]): Each[] {
  const sorted = all.toSorted((a, b) => a.close.closedNs - b.close.closedNs);
  const closedNs = sorted.map(({ close }) => close.closedNs);
  const idle = sorted.map(({ close }) => idleNs(close));
  // If the shortest and the longest beside it are alike to one, all are.
  const shortest = new SlidingLeast(idle);
  const longest = new SlidingLeast(idle.map((ns) => -ns));
  const ended = new Set<Each>();
  let [from, to] = [0, 0];
  for (const [at, each] of sorted.entries()) {
    while (closedNs[at]! - closedNs[from]! > ONE_MOMENT_NS) from++;
    while (to < sorted.length && closedNs[to]! - closedNs[at]! <= ONE_MOMENT_NS) to++;
    if (to - from === 1) continue;
    const areAlike = [shortest.between(from, to), -longest.between(from, to)].every((ns) =>
      isAlike(ns, idle[at]!),
    );
    if (!areAlike) ended.add(each);
  }
  return all.filter((each) => !ended.has(each));
}

/** The timeout of a listener that made these closes; null where they do not tell it. */
export function timeoutOf(closes: readonly IdleClose[]): IdleTimeout | null {
  const byFin = closes.filter(({ request }) => request?.met !== "reset");
  const medianNs = medianNsOf(byFin.map(idleNs)) ?? 0;
  const alike = byFin.filter((each) => isAlike(idleNs(each), medianNs));
  if (alike.length < MANY_CLOSES || alike.length * 2 <= byFin.length) return null;
  const times = alike.map(idleNs);
  // What was served at one moment and closed at another tells of no timer.
  const isOfOneMoment =
    spread(alike.map(({ closedNs }) => closedNs)) <= Math.max(ONE_MOMENT_NS, 2 * spread(times));
  return isOfOneMoment ? null : { medianNs, times };
}

function spread(times: readonly number[]): number {
  return Math.max(...times) - Math.min(...times);
}
