import type { Endpoint } from "../flows/endpoint.js";
import type { Flow } from "../flows/flow.js";
import { HAS_HANDSHAKE_ACK } from "../flows/flow.js";
import type { FlowIdentity } from "../flows/flow-identity.js";
import type { Confidence, Vantage } from "./finding.js";

/** TTLs that systems send with (Linux and BSD 64, Windows 128, Solaris and routers 255): unchanged, so no router between. */
const INITIAL_TTLS: ReadonlySet<number> = new Set([64, 128, 255]);
/** The nearer host answers at least this many times faster than the farther one … */
const NEARER_FACTOR = 5;
/** … and the farther one takes at least this long: below, scheduling decides, not distance. */
const SHORTEST_PATH_NS = 300_000;
/** A kernel acknowledges within this time; a capture that sees it do so stands on its host, or beside it. */
const LOCAL_ACK_NS = 100_000;
/** The shortest of so many acknowledgments is no longer a matter of chance. */
const ENOUGH_ACKS = 5;
/** Where no router lowered a TTL, a host that is busy looks far: its quickest answer must be slower by this factor. */
const BUSY_FACTOR = 20;
/** So many checksums must agree. */
const ENOUGH_CHECKSUMS = 2;
/** Packet types of Linux: sent by this host, and received by it or by another. */
const OUTGOING = 4;
const LAST_INCOMING = 3;

export interface JudgedVantage {
  readonly vantage: Vantage;
  /** Null when the vantage is unknown. */
  readonly confidence: Confidence | null;
}

const UNKNOWN: JudgedVantage = { vantage: "unknown", confidence: null };
const CERTAIN_MIDDLE: JudgedVantage = { vantage: "middle", confidence: "certain" };
const STRONG_MIDDLE: JudgedVantage = { vantage: "middle", confidence: "strong" };

/**
 * Where the capture was taken, seen from one flow, and how sure that is. In this order: on loopback both hosts are
 * one; the kernel's own word, which a cooked capture holds; the side whose TTL no router has lowered, which is strong
 * when another sign agrees; checksums that only one side left unfilled; the side that answers in next to no time;
 * routers on both sides. Segments larger than the MSS tell nothing: sender (TSO), receiver (GRO) and virtual links
 * all show them.
 */
export function judgeVantage(flow: Flow, identity: FlowIdentity): JudgedVantage {
  if (identity.isLoopback) return { vantage: "server-host", confidence: "certain" };
  const { client, server } = flow;
  const isClientNear = INITIAL_TTLS.has(client.ttl);
  const isServerNear = INITIAL_TTLS.has(server.ttl);
  const hasBoth = client.segments > 0 && server.segments > 0;
  const told = toldByPacketTypes(flow, isClientNear, isServerNear);
  if (told !== null) return told;
  const unfilled = sideWithUnfilledChecksums(client, server);
  if (hasBoth && isClientNear !== isServerNear) {
    const near = isServerNear ? server : client;
    const isBorneOut = unfilled === near || (near.ackSamples > 0 && near.quickestAckNs <= LOCAL_ACK_NS);
    return side(isServerNear, isBorneOut ? "strong" : "weak");
  }
  if (unfilled !== null) return side(unfilled === server, "strong");
  if (hasBoth && isClientNear) return judgeOneLink(client, server);
  return judgeByTime(flow, hasBoth);
}

/** `judgeVantage` without its confidence: what findings want. */
export function vantageOf(flow: Flow, identity: FlowIdentity): Vantage {
  return judgeVantage(flow, identity).vantage;
}

function side(isServer: boolean, confidence: Confidence): JudgedVantage {
  return { vantage: isServer ? "server-host" : "client-host", confidence };
}

/** A host's kernel marks what it sends itself. What it forwards comes in first from either side. */
function toldByPacketTypes(
  { client, server }: Flow,
  isClientNear: boolean,
  isServerNear: boolean,
): JudgedVantage | null {
  if (client.packetTypes === 0 || server.packetTypes === 0) return null;
  const clientType = client.packetTypes - 1;
  const serverType = server.packetTypes - 1;
  if (clientType <= LAST_INCOMING && serverType <= LAST_INCOMING) return CERTAIN_MIDDLE;
  if (clientType === serverType) return null;
  // Sent out with a lowered TTL: forwarded, for a container or a router's other side.
  const isServer = serverType === OUTGOING;
  return (isServer ? isServerNear : isClientNear) ? side(isServer, "certain") : null;
}

/** The side that left all its checksums to a network card while the other's were filled in; null when it is not so. */
function sideWithUnfilledChecksums(client: Endpoint, server: Endpoint): Endpoint | null {
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    if (one.unfilledChecksums < ENOUGH_CHECKSUMS || one.validChecksums > 0) continue;
    if (other.validChecksums >= ENOUGH_CHECKSUMS && other.unfilledChecksums === 0) return one;
  }
  return null;
}

/** No router between the two: what takes time on one link is mostly a busy host or a queue, at either end of it. */
function judgeOneLink(client: Endpoint, server: Endpoint): JudgedVantage {
  if (client.ackSamples < ENOUGH_ACKS || server.ackSamples < ENOUGH_ACKS) return UNKNOWN;
  if (isFarther(client.quickestAckNs, server.quickestAckNs, BUSY_FACTOR)) return side(true, "weak");
  if (isFarther(server.quickestAckNs, client.quickestAckNs, BUSY_FACTOR)) return side(false, "weak");
  return UNKNOWN;
}

/** Routers on both sides, or one side not seen: the halves of the handshake tell how far either end is. */
function judgeByTime(flow: Flow, hasBoth: boolean): JudgedVantage {
  const { client, server } = flow;
  if (client.synFrame === 0 || server.synFrame === 0 || !(flow.facts & HAS_HANDSHAKE_ACK)) return UNKNOWN;
  // A repeated SYN or SYN-ACK cannot be told apart from the one that was answered.
  if (client.syns !== 1) return UNKNOWN;
  const toServerNs = server.synNs - client.synNs;
  const toClientNs = flow.handshakeAckNs - server.synNs;
  if (isFarther(toClientNs, toServerNs, NEARER_FACTOR)) return side(true, "weak");
  if (isFarther(toServerNs, toClientNs, NEARER_FACTOR)) return side(false, "weak");
  const isFarFromBoth = toServerNs > SHORTEST_PATH_NS && toClientNs > SHORTEST_PATH_NS;
  return hasBoth && isFarFromBoth ? STRONG_MIDDLE : UNKNOWN;
}

function isFarther(timeNs: number, otherNs: number, factor: number): boolean {
  return timeNs > SHORTEST_PATH_NS && timeNs > otherNs * factor;
}
