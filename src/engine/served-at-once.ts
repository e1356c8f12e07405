import type { Flow } from "../flows/flow.js";
import { firstAfter } from "./first-after.js";

/** From the SYN to the server's first octet, beside the two round trips that it takes: the connection waited in no queue. Nanoseconds. */
export const AT_ONCE_NS = 100_000_000;
/** In all. */
const LONGEST_NS = 500_000_000;
/** A queue that is full for a moment only drops what comes then: the next repetition finds room. */
const SHORTEST_HANG_NS = 1_000_000_000;

/** The connection was opened and answered, or greeted, without a wait. */
export function isServedAtOnce({ client, server, initialRttNs }: Flow): boolean {
  if (client.synFrame === 0 || server.synFrame === 0 || server.firstDataFrame === 0) return false;
  const tookNs = server.firstDataNs - client.synNs;
  return tookNs <= LONGEST_NS && tookNs <= AT_ONCE_NS + 2 * initialRttNs;
}

/**
 * While one connection hung, from its first segment in vain to the last, the listener opened and served another without a wait: its
 * accept queue was not full then, or only ever for moments. `servedNs`: when such connections began, ascending.
 */
export function servedMeanwhile(servedNs: readonly number[], startNs: number, lastInVainNs: number): boolean {
  if (lastInVainNs - startNs < SHORTEST_HANG_NS) return false;
  const next = firstAfter(servedNs, startNs);
  return next !== undefined && next + AT_ONCE_NS < lastInVainNs;
}
