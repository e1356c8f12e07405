/** What became of a number from one run to the other: `same` when chance could make the difference; null when nothing can be said. */
export type Change = "better" | "worse" | "same" | null;

/** A part of a whole: `count` of `total`. */
export interface Share {
  readonly count: number;
  readonly total: number;
}

/** Standard deviations around the mean that hold 95 % of a normal distribution. */
const Z = 1.96;
/** Medians that differ by less are the same: clocks, routes and load differ more from day to day. */
const LEAST_RATIO = 1.25;
const LEAST_DIFFERENCE_NS = 1_000_000;
/** A median of fewer says little. */
const LEAST_SAMPLES = 5;

/** Compares two shares; they differ when their 95 % intervals do not meet. */
export function compareShares(before: Share, after: Share, isMoreBetter: boolean): Change {
  if (before.total === 0 || after.total === 0) return null;
  const [lowBefore, highBefore] = intervalOf(before);
  const [lowAfter, highAfter] = intervalOf(after);
  if (lowAfter > highBefore) return isMoreBetter ? "better" : "worse";
  if (highAfter < lowBefore) return isMoreBetter ? "worse" : "better";
  return "same";
}

/** Compares two medians of times; they differ by a quarter and a millisecond at least. */
export function compareTimes(
  before: { readonly timeNs: number | null; readonly samples: number },
  after: { readonly timeNs: number | null; readonly samples: number },
): Change {
  if (before.timeNs === null || after.timeNs === null) return null;
  if (Math.min(before.samples, after.samples) < LEAST_SAMPLES) return null;
  const low = Math.min(before.timeNs, after.timeNs);
  const high = Math.max(before.timeNs, after.timeNs);
  if (high < low * LEAST_RATIO || high - low < LEAST_DIFFERENCE_NS) return "same";
  return after.timeNs < before.timeNs ? "better" : "worse";
}

/** Wilson's score interval: unlike the plain one it holds for few samples and for shares near 0 and 1. */
function intervalOf({ count, total }: Share): readonly [low: number, high: number] {
  const share = count / total;
  const scale = 1 + Z ** 2 / total;
  const middle = (share + Z ** 2 / (2 * total)) / scale;
  const reach = (Z * Math.sqrt((share * (1 - share)) / total + Z ** 2 / (4 * total ** 2))) / scale;
  return [middle - reach, middle + reach];
}
