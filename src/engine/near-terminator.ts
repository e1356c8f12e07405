import type { Flow } from "../flows/flow.js";
import type { Vantage } from "./finding.js";

/** Below, a host that is busy, or an address to be resolved first, delays a SYN-ACK. Nanoseconds. */
const SHORTEST_WAY_NS = 20_000_000;
/** From here on the SYN-ACK may be one that was sent again: RFC 6298, section 2.1. Nanoseconds. */
const LONGEST_WAY_NS = 1_000_000_000;
/** What acknowledges data so much quicker than the SYN-ACK came has not gone its way. */
const NEARER_FACTOR = 20;

/** The alternative that findings name where `hasNearTerminator` holds. */
export const NEAR_TERMINATOR =
  "A proxy, VPN or NAT near the client acknowledges in the server's name, much quicker than the SYN-ACK came: what it acknowledges may never have reached the server, and what it sends may not be the server's.";

/**
 * Something between the capture and the server ends the connection (a proxy, a VPN on a phone, the NAT of a virtual
 * machine): it takes the client's data at once, though it had to ask the server before it sent the SYN-ACK.
 */
export function hasNearTerminator({ client, server, lastSynNs }: Flow, vantage: Vantage): boolean {
  if (client.synFrame === 0 || server.synFrame === 0 || vantage === "server-host") return false;
  if (server.ackSamples === 0) return false;
  const wayNs = server.synNs - lastSynNs;
  if (wayNs < SHORTEST_WAY_NS || wayNs >= LONGEST_WAY_NS) return false;
  return server.quickestAckNs * NEARER_FACTOR <= wayNs;
}
