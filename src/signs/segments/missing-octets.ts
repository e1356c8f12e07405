import { type Endpoint, HAS_FRAGMENTS } from "../../flows/endpoint.js";
import { type Flow, IS_SELF_CONNECT, REUSES_PORTS } from "../../flows/flow.js";

/** An acknowledgment so far beyond everything captured of the sender is of other numbers than this connection's. Octets. */
const FARTHEST_ACK_BYTES = 1024 * 1024;
/** So many times what was captured, and beyond that distance: numbers that do not belong together, not a loss. */
const MOST_MISSING_TIMES = 100;

/** What a capture misses of one flow. */
export interface MissingOctets {
  /** Octets that their receivers acknowledged and that were not captured. */
  readonly missingBytes: number;
  /** Octets acknowledged since each side's first captured segment. */
  readonly ackedBytes: number;
}

/**
 * Octets of a flow that arrived, by their receiver's word, and that the capture does not hold. What was sent before a
 * side's first captured segment is not missed, and neither are as many octets as may have been sent before the capture began
 * (`before`): captures begin in mid-stream. Null where nothing can be said: one
 * direction only, or no payload at all (see captured-sides.ts), fragments whose payload is not seen, acknowledgments of an
 * older connection, or numbers that do not belong together, as in files joined out of order.
 */
export function findMissingOctets(
  flow: Flow,
  before: Readonly<Record<"client" | "server", number>>,
): MissingOctets | null {
  const { client, server, facts } = flow;
  if (client.segments === 0 || server.segments === 0 || facts & IS_SELF_CONNECT) return null;
  if (client.payloadBytes + server.payloadBytes === 0) return null;
  if ((client.facts | server.facts) & HAS_FRAGMENTS || hasResetAnOlder(flow)) return null;
  if (isBeyondBelief(client, server) || isBeyondBelief(server, client)) return null;
  const fromClient = missingOf(client, server, before.client);
  const fromServer = missingOf(server, client, before.server);
  if (isBeyondMeasure(client, fromClient) || isBeyondMeasure(server, fromServer)) return null;
  return {
    missingBytes: fromClient.missingBytes + fromServer.missingBytes,
    ackedBytes: fromClient.ackedBytes + fromServer.ackedBytes,
  };
}

/** The client reset what answered its SYN: an acknowledgment of the connection before. RFC 9293, section 3.10.7.3. */
function hasResetAnOlder({ client, server, facts }: Flow): boolean {
  if ((facts & REUSES_PORTS) === 0 || client.rstFrame === 0) return false;
  return server.synFrame === 0 || client.rstFrame < server.synFrame;
}

function isBeyondBelief(sender: Endpoint, receiver: Endpoint): boolean {
  return receiver.ackedTo - sender.nextSeq > FARTHEST_ACK_BYTES;
}

function isBeyondMeasure({ uniqueBytes }: Endpoint, { missingBytes }: MissingOctets): boolean {
  return missingBytes > FARTHEST_ACK_BYTES && missingBytes > uniqueBytes * MOST_MISSING_TIMES;
}

function missingOf(sender: Endpoint, receiver: Endpoint, beforeBytes: number): MissingOctets {
  const ackedBytes = Math.max(0, receiver.ackedTo - Math.max(1, sender.capturedFrom));
  const finBytes = sender.finFrame > 0 && receiver.ackedTo >= sender.nextSeq ? 1 : 0;
  const missingBytes = ackedBytes - finBytes - sender.uniqueBytes - sender.lateBytes - beforeBytes;
  // One may be a FIN that was not captured.
  return { missingBytes: missingBytes > 1 ? missingBytes : 0, ackedBytes };
}
