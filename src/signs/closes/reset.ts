import type { Segment } from "../../decode/segment.js";
import type { Endpoint } from "../../flows/endpoint.js";
import { type Flow, HAS_HANDSHAKE_ACK, HAS_PROGRESS, IS_KNOWN_BY_SYN } from "../../flows/flow.js";
import { KEEP_ALIVE } from "../../flows/labels/label.js";
import { ACK } from "../../tcp/flags.js";

/** Why a connection was reset before its end; 0 is an ordinary close, or a consequence of an earlier one. */
export const ORDINARY = 0;
/** By the server, which had not taken what the client sent, or not got its own answer through. */
export const UNSERVED = 1;
/** By the side that had not closed, though the other, which had, was still owed an acknowledgment of its data. */
export const HALF_CLOSED = 2;
/** By a side that had waited for the other in vain. */
export const GAVE_UP = 3;
/** By the client, while the server was still sending, or in the middle of a request of its own. */
export const ABORTED = 4;
/** By a host that knows nothing of the connection: no ACK flag, in answer to data or a keepalive probe. */
export const UNKNOWN_THERE = 5;
/** By the client, which had waited for the rest of what the server was sending: its data has a gap, or never arrived. */
export const STALLED = 6;

/** What answers data comes in a round trip; later it is the sender's own doing. */
const LONGEST_ANSWER_NS = 1_000_000_000;
/** Who waits for less may just be quick to close. */
const SHORTEST_WAIT_NS = 1_000_000_000;

/** The first RST of a connection. */
export interface Reset {
  kind: number;
  /** Octets that were not acknowledged: the other side's, else the sender's own. */
  bytes: number;
  /** They are the sender's own. */
  isOwn: boolean;
  /**
   * Since the sender (UNKNOWN_THERE), either side (STALLED) or the other side (the rest) was last heard; of the rest no longer than
   * something of the sender's own was not acknowledged, if that is so. Nanoseconds.
   */
  silenceNs: number;
}

/**
 * Judges a RST by what the flow was before it, into `reset`; false when it is not the first, or not of a connection
 * that both sides held. An active close has ACK set, a RST that answers a segment without a socket has not, where that
 * segment had (RFC 9293, section 3.5.2; Linux tcp_send_active_reset, tcp_v4_send_reset).
 */
export function judgeReset(segment: Segment, flow: Flow, reset: Reset): boolean {
  const { client, server, facts } = flow;
  const isFromServer = segment.fromServer;
  const sender = isFromServer ? server : client;
  const peer = isFromServer ? client : server;
  if (client.rstFrame > 0 || server.rstFrame > 0 || client.segments === 0 || server.segments === 0)
    return false;
  const isWhole = (facts & IS_KNOWN_BY_SYN) !== 0;
  // Before its first segment behind the SYN-ACK it is not known whether the server took the handshake.
  if (
    (isWhole || server.synFrame > 0) &&
    !(facts & HAS_HANDSHAKE_ACK && (!isFromServer || facts & HAS_PROGRESS || segment.flags & ACK))
  )
    return false;
  reset.kind = ORDINARY;
  reset.bytes = 0;
  reset.isOwn = false;
  reset.silenceNs = segment.timeNs - peer.lastNs;
  // What answers late data after a FIN is the consequence of that FIN.
  if (sender.finFrame > 0) return true;

  const hasAck = (segment.flags & ACK) !== 0;
  // Octets that are not acknowledged: the other side's, a FIN left out, and the sender's own.
  const sent = peer.finFrame > 0 ? peer.nextSeq - 1 : peer.nextSeq;
  const acked = Math.max(sender.ackedTo, hasAck ? Math.min(segment.relativeAck, peer.nextSeq) : 0);
  const peerUnacked = peer.payloadBytes > 0 ? Math.max(0, sent - Math.max(1, acked)) : 0;
  const ownUnacked = sender.payloadBytes > 0 ? Math.max(0, sender.nextSeq - Math.max(1, peer.ackedTo)) : 0;
  reset.bytes = peerUnacked > 0 ? peerUnacked : ownUnacked;
  reset.isOwn = peerUnacked === 0 && ownUnacked > 0;
  if (!hasAck) {
    reset.silenceNs = segment.timeNs - sender.lastNs;
    const isProbed = (peer.labelLast & KEEP_ALIVE) !== 0;
    const isAnswer = segment.timeNs - peer.lastNs <= LONGEST_ANSWER_NS;
    // A connection that the peer was about to close is no loss to it.
    if ((peerUnacked > 0 || isProbed) && isAnswer && peer.finFrame === 0) reset.kind = UNKNOWN_THERE;
    return true;
  }
  // Its kernel acknowledges at once what arrives in order. A closed window is a wait of its own making. And what it
  // acknowledged last tells that the server was heard by then, also where the capture lacks those segments.
  const stoodStillNs = segment.timeNs - flow.endNs;
  if (!isFromServer && peerUnacked > 0 && client.window > 0 && stoodStillNs >= SHORTEST_WAIT_NS) {
    reset.kind = STALLED;
    reset.silenceNs = stoodStillNs;
    return true;
  }
  // What it has just sent nobody could acknowledge yet, however long the silence before.
  if (ownUnacked > 0) reset.silenceNs = Math.min(reset.silenceNs, segment.timeNs - sender.causeProgressNs);
  reset.kind = kindOfActive(isFromServer, isWhole, sender, peer, peerUnacked, ownUnacked, reset.silenceNs);
  return true;
}

/** The kind of a RST with ACK. `peerUnacked`, `ownUnacked`: octets of the other side and of its sender that are not acknowledged. */
function kindOfActive(
  isFromServer: boolean,
  isWhole: boolean,
  sender: Endpoint,
  peer: Endpoint,
  peerUnacked: number,
  ownUnacked: number,
  silenceNs: number,
): number {
  if (peer.finFrame > 0) {
    if (peerUnacked === 0) return ORDINARY;
    return isFromServer ? HALF_CLOSED : ABORTED;
  }
  // Waits for an acknowledgment, or for the first word of the other side.
  const isOwedAnswer = sender.payloadBytes > 0 && peer.payloadBytes === 0;
  if ((ownUnacked > 0 || isOwedAnswer) && peerUnacked === 0 && silenceNs >= SHORTEST_WAIT_NS) return GAVE_UP;
  if (!isFromServer) return peerUnacked > 0 || ownUnacked > 0 ? ABORTED : ORDINARY;
  const hasIgnored = isWhole && peer.payloadBytes > 0 && sender.payloadBytes === 0;
  return peerUnacked > 0 || ownUnacked > 0 || hasIgnored ? UNSERVED : ORDINARY;
}
