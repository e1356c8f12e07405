import type { SampleTime } from "./sample-time.js";

/** The time that a capture (or series) covers. */
export interface CaptureSpan {
  /** The moment that 0 stands for, nanoseconds since 1970-01-01 UTC. */
  readonly originNs: bigint;
  /** First and last frame, nanoseconds since the origin. */
  readonly startNs: number;
  readonly endNs: number;
}

/** A moment on the capture's clock. */
export interface AlignedTime {
  /** Nanoseconds since the capture's origin. */
  readonly timeNs: number;
  /** False when the file has no times: then it is only taken to lie somewhere in the capture. */
  readonly isTimed: boolean;
}

/** Times of one file on the capture's clock. */
export interface Alignment {
  /** A time for each sample. */
  readonly times: readonly AlignedTime[];
  /** Why they may be wrong: a predicate whose subject is the file; null when nothing was guessed. */
  readonly doubt: string | null;
}

const NS_PER_SECOND = 1_000_000_000n;
const DAY_NS = 86_400n * NS_PER_SECOND;
const QUARTER_NS = 900n * NS_PER_SECOND;
/** Zones go from UTC-12:00 to UTC+14:00, in quarters of an hour. */
const ZONE_QUARTERS = { first: -48, last: 56 };
/** Samples taken shortly before and after a capture belong to it, too. */
export const SLACK_NS = 60_000_000_000;

/**
 * Puts a file's times on the capture's clock. Times without a zone are taken as UTC, or, when they would lie outside the
 * capture, in the zone that puts most of them into it; times of day are taken for those of the capture's day. A file
 * without times is spread over the capture.
 * @param offsetNs how far the file's clock is ahead of the capture's
 * @param untimed position of its first sample among all samples without a time, and how many of these there are
 */
export function alignTimes(
  given: readonly (SampleTime | null)[],
  span: CaptureSpan,
  offsetNs: bigint,
  untimed: { readonly first: number; readonly count: number },
): Alignment {
  const known = given.filter((at) => at !== null);
  if (known.length === 0) return spread(given.length, span, untimed);
  const startNs = span.originNs + BigInt(Math.round(span.startNs));
  const hasDate = known.every((at) => at.hasDate);
  const epochs = unrolled(
    given.map((at) => at ?? null),
    hasDate ? 0n : startNs - (startNs % DAY_NS),
  );
  const hasZone = known.every((at) => at.hasZone);
  const shiftNs = hasZone ? 0n : bestShift(epochs, span, offsetNs, hasDate);
  const times = epochs.map((epochNs) => ({
    timeNs: Number(epochNs + shiftNs - offsetNs - span.originNs),
    isTimed: true,
  }));
  return { times, doubt: doubtOf(times, span, hasDate, shiftNs) };
}

function spread(
  samples: number,
  span: CaptureSpan,
  { first, count }: { first: number; count: number },
): Alignment {
  const times = Array.from({ length: samples }, (_, index) => {
    const share = count === 1 ? 1 : (first + index) / (count - 1);
    return { timeNs: Math.round(span.startNs + share * (span.endNs - span.startNs)), isTimed: false };
  });
  return { times, doubt: "has no times and is taken to have been made during the capture" };
}

/** Nanoseconds since 1970 of each sample: one without a time has that of the one before, times of day go on after midnight. */
function unrolled(given: readonly (SampleTime | null)[], dayNs: bigint): bigint[] {
  const first = given.find((at) => at !== null)!;
  let previous = first.epochNs + (first.hasDate ? 0n : dayNs);
  let midnightNs = dayNs;
  return given.map((at) => {
    if (at === null) return previous;
    if (at.hasDate) previous = at.epochNs;
    else {
      if (at.epochNs + midnightNs < previous - DAY_NS / 2n) midnightNs += DAY_NS;
      previous = at.epochNs + midnightNs;
    }
    return previous;
  });
}

/** What to add to times without a zone so that most of them lie in the capture; the smallest such shift, 0 when none does. */
function bestShift(epochs: readonly bigint[], span: CaptureSpan, offsetNs: bigint, hasDate: boolean): bigint {
  const lowest = span.originNs + offsetNs + BigInt(Math.round(span.startNs - SLACK_NS));
  const highest = span.originNs + offsetNs + BigInt(Math.round(span.endNs + SLACK_NS));
  const sorted = [...epochs].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const inside = (shiftNs: bigint): number =>
    firstAtOrAbove(sorted, highest - shiftNs + 1n) - firstAtOrAbove(sorted, lowest - shiftNs);
  const days = hasDate ? [0n] : [0n, DAY_NS, -DAY_NS];
  let best = 0n;
  let most = inside(0n);
  if (most > 0) return 0n;
  for (const day of days) {
    for (let quarter = ZONE_QUARTERS.first; quarter <= ZONE_QUARTERS.last; quarter++) {
      // East of Greenwich clocks are ahead.
      const shiftNs = day - BigInt(quarter) * QUARTER_NS;
      const count = inside(shiftNs);
      if (count > most || (count === most && count > 0 && magnitude(shiftNs) < magnitude(best))) {
        most = count;
        best = shiftNs;
      }
    }
  }
  return best;
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function firstAtOrAbove(sorted: readonly bigint[], value: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function doubtOf(
  times: readonly AlignedTime[],
  span: CaptureSpan,
  hasDate: boolean,
  shiftNs: bigint,
): string | null {
  if (!overlaps(times, span))
    return "lies outside the capture's time, so that it tells nothing of its connections";
  if (!hasDate) return "names no date, so that the capture's is taken";
  if (shiftNs === 0n) return null;
  const minutes = Number(-shiftNs / (60n * NS_PER_SECOND));
  const pad = (value: number): string => String(value).padStart(2, "0");
  const zone = `UTC${minutes < 0 ? "-" : "+"}${pad(Math.trunc(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`;
  return `names no time zone, and ${zone} is taken because that puts it into the capture`;
}

/** Whether the time from the first to the last sample touches the capture's. */
export function overlaps(times: readonly AlignedTime[], span: CaptureSpan): boolean {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { timeNs } of times) {
    first = Math.min(first, timeNs);
    last = Math.max(last, timeNs);
  }
  return first <= span.endNs + SLACK_NS && last >= span.startNs - SLACK_NS;
}
