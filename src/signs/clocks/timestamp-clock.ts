import type { TimeWindow } from "../../engine/time-window.js";
import { seqDiff } from "../../tcp/seq.js";

/**
 * Rates of the clocks behind the timestamps option, hertz: Linux 1000, before 4.13 its HZ, with the route feature
 * tcp_usec_ts a million; other systems 2, 10, 100, 500 or 1000. RFC 7323, section 5.4, allows 1 to 1000.
 */
const RATES_HZ = [1, 2, 10, 100, 250, 300, 500, 1000, 1_000_000] as const;
/** How far off a rate is measured: by the path's delays, for the clocks themselves are good. */
const RATE_TOLERANCE = 0.05;
/** Fewer tell no rate. */
const FEWEST_TICKS = 20;
const SHORTEST_MEASURE_NS = 100_000_000;
const USUAL_RATE_HZ = 1000;
/** How far delays of the path may displace what was read. */
const LEAST_SLACK_NS = 50_000_000;

/** Readings of one end's clock: the first and the last, and between which two the capture's clock went on most beyond it. */
export const TIMESTAMP_CLOCK_FIELDS = [
  "readings",
  "firstNs",
  "firstValue",
  "fromNs",
  "fromValue",
  "toNs",
  "toValue",
  "toFrame",
  "lastNs",
  "lastValue",
  "beyondNs",
] as const;
export type TimestampClock = Record<(typeof TIMESTAMP_CLOCK_FIELDS)[number], number>;

/** Between two readings the capture's clock went on by `beyondNs` more than the end's, by less than nothing if by less. */
export interface ClockGap extends TimeWindow {
  readonly beyondNs: number;
  /** The segment that was read at its end; 0 where another one echoed the value. */
  readonly endFrame: number;
  /** From the first reading to the last: but for the gap, both clocks kept pace. */
  readonly known: TimeWindow;
}

/**
 * Notes that the clock stood at `value` (TSval) at `timeNs`, by segment `frame`, 0 for an echo. Does nothing where it would
 * have gone back, as a value seems to that is echoed late (TSecr).
 */
export function readClock(clock: TimestampClock, timeNs: number, value: number, frame: number): void {
  if (clock.readings === 0) {
    clock.firstNs = clock.lastNs = timeNs;
    clock.firstValue = clock.lastValue = value;
    clock.readings = 1;
    return;
  }
  const ticks = seqDiff(value, clock.lastValue);
  const apartNs = timeNs - clock.lastNs;
  if (ticks < 0 || apartNs <= 0) return;
  const rateHz = rateOf(seqDiff(clock.lastValue, clock.firstValue), clock.lastNs - clock.firstNs);
  const beyondNs = apartNs - (1e9 * ticks) / (rateHz ?? USUAL_RATE_HZ);
  if (clock.readings === 1 || beyondNs > clock.beyondNs) {
    clock.beyondNs = beyondNs;
    clock.fromNs = clock.lastNs;
    clock.fromValue = clock.lastValue;
    clock.toNs = timeNs;
    clock.toValue = value;
    clock.toFrame = frame;
  }
  clock.lastNs = timeNs;
  clock.lastValue = value;
  clock.readings++;
}

/**
 * Where the capture's clock went on most beyond the end's. Both agree before and after, so what was read was not merely late;
 * null where that cannot be told: too few readings, no known rate, or several gaps.
 */
export function clockGapOf(clock: TimestampClock): ClockGap | null {
  if (clock.readings < 3) return null;
  const before = { ticks: seqDiff(clock.fromValue, clock.firstValue), ns: clock.fromNs - clock.firstNs };
  const after = { ticks: seqDiff(clock.lastValue, clock.toValue), ns: clock.lastNs - clock.toNs };
  const rateHz = rateOf(before.ticks + after.ticks, before.ns + after.ns);
  if (rateHz === null) return null;
  const nsOf = (ticks: number): number => (1e9 * ticks) / rateHz;
  const beyondNs = clock.toNs - clock.fromNs - nsOf(seqDiff(clock.toValue, clock.fromValue));
  const slackNs = Math.max(LEAST_SLACK_NS, beyondNs / 4, nsOf(2));
  if ([before, after].some(({ ticks, ns }) => Math.abs(ns - nsOf(ticks)) > slackNs)) return null;
  const known = { startNs: clock.firstNs, endNs: clock.lastNs };
  return { startNs: clock.fromNs, endNs: clock.toNs, beyondNs, endFrame: clock.toFrame, known };
}

/** Which of the known rates it is, hertz; null for none of them and for too few ticks to tell. */
export function rateOf(ticks: number, ns: number): number | null {
  if (ticks < FEWEST_TICKS || ns < SHORTEST_MEASURE_NS) return null;
  const rateHz = (1e9 * ticks) / ns;
  return RATES_HZ.find((known) => Math.abs(rateHz - known) <= RATE_TOLERANCE * known) ?? null;
}
