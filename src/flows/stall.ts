import type { Endpoint } from "./endpoint.js";
import type { Flow } from "./flow.js";

/** So long a silence is a stall when something waits for its acknowledgment. Nanoseconds. */
export const STALL_NS = 1_000_000_000;

/**
 * Counts a silence that ends now, at `timeNs`, before the flow is updated: a stall if either end had sent what the other
 * had not acknowledged. A silence in which nothing was outstanding is the application's.
 */
export function noteStall(flow: Flow, timeNs: number): void {
  const { client, server } = flow;
  if (!isOutstanding(client, server) && !isOutstanding(server, client)) return;
  flow.stalls++;
  flow.longestStallNs = Math.max(flow.longestStallNs, timeNs - flow.endNs);
}

/** Where nothing of the peer was captured, only a SYN is known to be unanswered: the rest may be filtered out. */
function isOutstanding(sender: Endpoint, peer: Endpoint): boolean {
  if (sender.segments === 0 || sender.nextSeq <= peer.ackedTo) return false;
  return peer.segments > 0 || sender.nextSeq === 1;
}
