/** The first of ascending `timesNs` after `timeNs`. */
export function firstAfter(timesNs: readonly number[], timeNs: number): number | undefined {
  let low = 0;
  let high = timesNs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesNs[middle]! > timeNs) high = middle;
    else low = middle + 1;
  }
  return timesNs[low];
}
