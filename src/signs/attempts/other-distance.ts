/** A segment may take another way than the one before, one router longer or shorter; farther off it is somebody else's. */
const TTL_TOLERANCE = 1;

/** What arrives with this TTL comes from another distance than the endpoint's first segment. */
export function isFromOtherDistance(ttl: number, endpoint: { readonly ttl: number }): boolean {
  return Math.abs(ttl - endpoint.ttl) > TTL_TOLERANCE;
}
