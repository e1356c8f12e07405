import type { Flow } from "../flows/flow.js";
import { HAS_HANDSHAKE_ACK } from "../flows/flow.js";
import type { FlowIdentity } from "../flows/flow-identity.js";
import type { Vantage } from "./finding.js";

/** TTLs that systems send with (Linux and BSD 64, Windows 128, Solaris and routers 255): unchanged, so no router between. */
const INITIAL_TTLS: ReadonlySet<number> = new Set([64, 128, 255]);
/** The nearer host answers at least this many times faster than the farther one … */
const NEARER_FACTOR = 5;
/** … and the farther one takes at least this long: below, scheduling decides, not distance. */
const SHORTEST_PATH_NS = 300_000;

/**
 * Where the capture was taken, seen from one flow: on loopback both hosts are one; else the side whose TTL no router
 * has lowered, or, when routers lowered both, whose half of the handshake took next to no time. "unknown" when these
 * do not tell.
 */
export function vantageOf(flow: Flow, identity: FlowIdentity): Vantage {
  if (identity.isLoopback) return "server-host";
  const { client, server } = flow;
  const isClientNear = INITIAL_TTLS.has(client.ttl);
  const isServerNear = INITIAL_TTLS.has(server.ttl);
  if (client.segments > 0 && server.segments > 0) {
    if (isClientNear !== isServerNear) return isServerNear ? "server-host" : "client-host";
    // No router between the two: what takes time on one link is a busy host or a queue, at either end of it.
    if (isClientNear) return "unknown";
  }
  if (client.synFrame === 0 || server.synFrame === 0 || !(flow.facts & HAS_HANDSHAKE_ACK)) return "unknown";
  // A repeated SYN or SYN-ACK cannot be told apart from the one that was answered.
  if (client.syns !== 1) return "unknown";
  const toServerNs = server.synNs - client.synNs;
  const toClientNs = flow.handshakeAckNs - server.synNs;
  if (toClientNs > SHORTEST_PATH_NS && toClientNs > toServerNs * NEARER_FACTOR) return "server-host";
  if (toServerNs > SHORTEST_PATH_NS && toServerNs > toClientNs * NEARER_FACTOR) return "client-host";
  return "unknown";
}
