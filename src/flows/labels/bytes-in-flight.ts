/** More octets in flight than this are taken for a wrong number. */
const MAX_BYTES_IN_FLIGHT = 2_000_000_000;

/** Octets between what is not acknowledged, less those in SACK blocks; 0 when that is no sensible number. */
export function bytesInFlight(span: number, sackedBytes: number): number {
  const bytes = (span - sackedBytes) >>> 0;
  return bytes < MAX_BYTES_IN_FLIGHT ? bytes : 0;
}
