import type { Vantage } from "../../engine/finding.js";
import {
  type Endpoint,
  HAS_SACK_PERMITTED,
  HAS_SYN_TIMESTAMPS,
  HAS_WINDOW_SCALE,
} from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";

/** From here on the SYN-ACK may be one that was sent again: RFC 6298, section 2.1. Nanoseconds. */
const LONGEST_WAY_NS = 1_000_000_000;

/** From which SYN-ACK on, and so many times quicker, what acknowledges data has not gone the SYN-ACK's way. */
interface NearerLimits {
  /** Nanoseconds. */
  readonly shortestWayNs: number;
  readonly factor: number;
}
/** Below, a host that is busy, or an address to be resolved first, delays a SYN-ACK. */
const USUAL: NearerLimits = { shortestWayNs: 20_000_000, factor: 20 };
/**
 * Only a system that receives no more than 536 octets at once may leave out the MSS (RFC 9293, section 3.7.1): a SYN-ACK
 * without any option is mostly made by a program that ends the connection for another, and less is needed beside. It may
 * still be an old system's, whose SYN-ACK takes as long as its acknowledgments. Below, scheduling decides.
 */
const WITHOUT_OPTIONS: NearerLimits = { shortestWayNs: 1_000_000, factor: 4 };

/** The alternative that findings name where `hasNearTerminator` holds. */
export const NEAR_TERMINATOR =
  "A proxy, VPN or NAT near the client acknowledges in the server's name, much quicker than the SYN-ACK came: what it acknowledges may never have reached the server, and what it sends may not be the server's.";

/**
 * Something between the capture and the server ends the connection (a proxy, a VPN on a phone, the NAT of a virtual
 * machine): it takes the client's data at once, though it had to ask the server before it sent the SYN-ACK. Segments
 * larger than the client's MSS are no sign of it: a client that puts segments together (GRO) shows the same.
 */
export function hasNearTerminator({ client, server, lastSynNs }: Flow, vantage: Vantage): boolean {
  if (client.synFrame === 0 || server.synFrame === 0 || vantage === "server-host") return false;
  if (server.ackSamples === 0) return false;
  const wayNs = server.synNs - lastSynNs;
  const { shortestWayNs, factor } = client.mss > 0 && !hasSynOptions(server) ? WITHOUT_OPTIONS : USUAL;
  if (wayNs < shortestWayNs || wayNs >= LONGEST_WAY_NS) return false;
  return server.quickestAckNs * factor <= wayNs;
}

/** Its SYN had one of the options that systems send. */
function hasSynOptions({ mss, facts }: Endpoint): boolean {
  return mss > 0 || (facts & (HAS_WINDOW_SCALE | HAS_SACK_PERMITTED | HAS_SYN_TIMESTAMPS)) !== 0;
}
