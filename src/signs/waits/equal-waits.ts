/** Timers of programs are late by some milliseconds, on a busy host by some hundredths of their time. Nanoseconds, and a share of the wait. */
const TIMER_SLACK_NS = 10_000_000;
const TIMER_SLACK_SHARE = 0.05;

/** So many waits as long as each other, and such a share of all, are no coincidence. */
const MANY_EQUAL = 3;
const EQUAL_SHARE = 0.5;
/** What one standstill ends began together, as far as it is as long: equal waits that a timer ends do so at many times, further apart. */
const MANY_ENDS = 3;
const APART_SLACKS = 2;

/** The waits of one flow. */
export interface FlowWaits {
  /** How many there were, and how many of them as long as the longest. */
  readonly count: number;
  readonly asLong: number;
  /** The longest, and when it ended. */
  readonly worstNs: number;
  readonly endNs: number;
}

/** Two waits that one timer may have ended. Nanoseconds. */
export function areAsLong(oneNs: number, otherNs: number): boolean {
  const longerNs = Math.max(oneNs, otherNs);
  return longerNs - Math.min(oneNs, otherNs) <= slackNs(longerNs);
}

/**
 * Of the flows that waited at one listener those whose longest waits were all as long as each other, time after time. What a server is
 * busy with takes now longer, now shorter, and a standstill ends for all that wait at the same time: a timer makes waits equal.
 */
export function endedByTimer<Waits extends FlowWaits>(waited: readonly Waits[]): ReadonlySet<Waits> {
  const timed = new Set<Waits>();
  const least = Math.max(MANY_EQUAL, waited.reduce((sum, { count }) => sum + count, 0) * EQUAL_SHARE);
  const byLength = [...waited].sort((a, b) => a.worstNs - b.worstNs);
  let first = 0;
  let equal = 0;
  for (const [at, { asLong }] of byLength.entries()) {
    equal += asLong;
    const next = byLength[at + 1];
    if (next !== undefined && areAsLong(byLength[first]!.worstNs, next.worstNs)) continue;
    // All that are as long as the first of them are in.
    if (equal >= least) {
      const alike = byLength.slice(first, at + 1);
      if (areApart(alike)) for (const each of alike) timed.add(each);
      first = at + 1;
      equal = 0;
    } else if (next !== undefined) {
      while (!areAsLong(byLength[first]!.worstNs, next.worstNs)) equal -= byLength[first++]!.asLong;
    }
  }
  return timed;
}

/** Those of one connection follow each other. */
function areApart(waited: readonly FlowWaits[]): boolean {
  if (waited.some(({ asLong }) => asLong >= MANY_EQUAL)) return true;
  const apartNs = APART_SLACKS * slackNs(waited.at(-1)!.worstNs);
  let ends = 0;
  let lastNs = Number.NEGATIVE_INFINITY;
  for (const endNs of waited.map((each) => each.endNs).sort((a, b) => a - b)) {
    if (endNs - lastNs < apartNs) continue;
    lastNs = endNs;
    ends++;
  }
  return ends >= MANY_ENDS;
}

function slackNs(waitNs: number): number {
  return Math.max(TIMER_SLACK_NS, waitNs * TIMER_SLACK_SHARE);
}
