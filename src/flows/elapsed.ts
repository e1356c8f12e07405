/** Up to here (104 days from the capture's origin) a float64 holds every nanosecond. */
const EXACT_NS = 2 ** 53;
const MICROSECOND_NS = 1000;

/**
 * Nanoseconds from `earlierNs` to `laterNs`, negative when the clock went back. Further from the origin than a
 * float64 is exact, times are off by up to 128 ns; where both were whole microseconds, as in most files, so is what
 * lies between them, and it becomes exact again.
 */
export function elapsedNs(laterNs: number, earlierNs: number): number {
  const difference = laterNs - earlierNs;
  if (laterNs <= EXACT_NS && laterNs >= -EXACT_NS) return difference;
  if (!isNearestToMicrosecond(laterNs) || !isNearestToMicrosecond(earlierNs)) return difference;
  return Math.round(difference / MICROSECOND_NS) * MICROSECOND_NS;
}

/** No other float64 is nearer to a whole microsecond. */
function isNearestToMicrosecond(timeNs: number): boolean {
  return Math.round(timeNs / MICROSECOND_NS) * MICROSECOND_NS === timeNs;
}
