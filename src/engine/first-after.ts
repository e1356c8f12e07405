/** Place of the first of ascending `timesNs` after `timeNs`; their number when there is none. */
export function indexAfter(timesNs: ArrayLike<number>, timeNs: number): number {
  let low = 0;
  let high = timesNs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesNs[middle]! > timeNs) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first of ascending `timesNs` after `timeNs`. */
export function firstAfter(timesNs: readonly number[], timeNs: number): number | undefined {
  return timesNs[indexAfter(timesNs, timeNs)];
}
