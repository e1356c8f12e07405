/** Checkers of one client that may share a chain: the intervals of the mixture repeat only every so many events. */
const MAX_CHECKERS = 5;

/** Options that say what intervals are a health check's; `fastestMs` is the default of the first. */
export function healthCheckOptions(fastestMs: number) {
  return {
    fastestCheckMs: {
      default: fastestMs,
      minimum: 0,
      description: "shortest mean interval that a health check may have",
    },
    checkJitterPercent: {
      default: 15,
      minimum: 0,
      description:
        "standard deviation of the interval, in percent of its mean, below which it is a health check's",
    },
  };
}

/**
 * True when `timesNs` (ascending) are those of something that comes at steady intervals, as health checks do: the time
 * from each to the `n`-th after it is the same for some n up to 5, as far as enough of them tell, for so many checkers take turns.
 * @param fastestNs shortest mean interval that counts
 * @param jitterPercent standard deviation of the interval, in percent of its mean, that is still steady
 */
export function isSteady(timesNs: readonly number[], fastestNs: number, jitterPercent: number): boolean {
  const mean = (timesNs.at(-1)! - timesNs[0]!) / (timesNs.length - 1);
  if (mean < fastestNs) return false;
  for (let checkers = 1; checkers <= MAX_CHECKERS && timesNs.length >= 2 * checkers; checkers++) {
    if (hasSteadySteps(timesNs, checkers, jitterPercent)) return true;
  }
  return false;
}

function hasSteadySteps(timesNs: readonly number[], step: number, jitterPercent: number): boolean {
  let sum = 0;
  let squares = 0;
  const count = timesNs.length - step;
  for (let at = step; at < timesNs.length; at++) {
    const interval = timesNs[at]! - timesNs[at - step]!;
    sum += interval;
    squares += interval * interval;
  }
  const mean = sum / count;
  const allowed = (mean * jitterPercent) / (100 * step);
  return squares / count - mean * mean <= allowed * allowed;
}
