import type { Segment } from "../../decode/segment.js";
import type { Evidence } from "../../engine/finding.js";
import type { Endpoint } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import { FIN, RST, SYN } from "../../tcp/flags.js";
import type { Side, Suffering } from "../listeners/listener-incidents.js";
import { leastFullOctets } from "../segments/full-segment.js";
import { scaledWindow } from "../windows/scaled-window.js";

/** What is kept per flow: the latest delayed ACK, until it is known what followed it, and what was counted. */
export const DELAYED_ACK_FIELDS = [
  "ackedBy",
  "ackNs",
  "ackFrame",
  "smallNs",
  "smallFrame",
  "senderNext",
  "ackerBytes",
  "sender",
  "lateAcks",
  "waits",
  "totalNs",
  "startNs",
  "worstSmallNs",
  "worstSmallFrame",
  "worstAckNs",
  "worstAckFrame",
  "unheldByClient",
  "unheldByServer",
] as const;
export type DelayedAckState = Record<(typeof DELAYED_ACK_FIELDS)[number], number>;

const BY_CLIENT = 1;
const BY_SERVER = 2;

/**
 * How long an ACK is delayed: Linux 40 ms and up to 200 ms, Windows 40 or 200 ms, BSD 100 ms; RFC 9293 allows 500 ms.
 * A busy timer is late by some milliseconds. Nanoseconds.
 */
const SHORTEST_DELAY_NS = 35_000_000;
const LONGEST_DELAY_NS = 230_000_000;
/** Over longer ways what varies there is as long as an ACK's delay. There and back, nanoseconds. */
const LONGEST_WAY_NS = 50_000_000;
/** What the ACK lets go leaves as soon as the sender's host has seen it. Nanoseconds beyond the way there and back. */
const AT_ONCE_NS = 5_000_000;
/** What comes sooner than this share of the way there and back had left before the ACK came: the ACK did not let it go. */
const SOONEST_SHARE = 0.8;
/** Share of a connection's delayed ACKs that must have let data go; and of the waits that shows that they were none. */
const LEAST_SHARE = 0.1;

/**
 * Looks for waits of a small write for a delayed ACK: a bare ACK of one small segment, late by as much as ACKs are
 * delayed, and behind it, at once, the sender's next data. Give it every segment after a pause, in order: what followed an
 * ACK is told by how far its sender had got at the next pause.
 */
export function followPauses(state: DelayedAckState, segment: Segment, flow: Flow): void {
  const isDelayedAck = isLateAck(segment, flow);
  settle(state, flow, segment, isDelayedAck);
  if (isUnheld(segment, flow)) {
    if (segment.fromServer) state.unheldByServer++;
    else state.unheldByClient++;
  }
  if (!isDelayedAck) return;
  state.lateAcks++;
  const { fromServer } = segment;
  const sender = fromServer ? flow.client : flow.server;
  const acker = fromServer ? flow.server : flow.client;
  state.ackedBy = fromServer ? BY_SERVER : BY_CLIENT;
  state.ackNs = segment.timeNs;
  state.ackFrame = segment.frame;
  state.smallNs = flow.endNs;
  state.smallFrame = flow.lastFrame;
  state.senderNext = sender.nextSeq;
  state.ackerBytes = acker.payloadBytes;
}

/**
 * What was counted; null when there were no such waits, or so few among the delayed ACKs that what followed them at once did
 * so by chance, or when the sender holds nothing back. The last ACK's sequel is not known.
 */
export function findDelayedAcks(state: DelayedAckState, flow: Flow): Suffering<"small" | "ack"> | null {
  if (state.waits === 0 || state.waits < (state.lateAcks - 1) * LEAST_SHARE) return null;
  const unheld = state.sender === BY_SERVER ? state.unheldByServer : state.unheldByClient;
  if (unheld > 0 && unheld >= state.waits * LEAST_SHARE) return null;
  const at = (frame: number, timeNs: number): Evidence => ({ flowId: flow.id, frame, timeNs });
  return {
    side: state.sender === BY_SERVER ? "server" : "client",
    count: state.waits,
    totalNs: state.totalNs,
    worstNs: state.worstAckNs - state.worstSmallNs,
    evidence: {
      small: at(state.worstSmallFrame, state.worstSmallNs),
      ack: at(state.worstAckFrame, state.worstAckNs),
    },
    startNs: state.startNs,
    endNs: flow.endNs,
  };
}

/** A bare ACK, after a pause as long as ACKs are delayed, of a segment that was the last of all and is small (RFC 896). */
function isLateAck(segment: Segment, flow: Flow): boolean {
  if (segment.payloadLength > 0 || segment.flags & (SYN | FIN | RST)) return false;
  const { fromServer, relativeAck } = segment;
  const sender = fromServer ? flow.client : flow.server;
  const acker = fromServer ? flow.server : flow.client;
  if (sender.lastNs !== flow.endNs || relativeAck !== sender.nextSeq || sender.finFrame > 0) return false;
  const ackedBytes = relativeAck - acker.ackedTo;
  if (ackedBytes <= 0 || ackedBytes >= leastFullOctets(acker.mss)) return false;
  if (fillsWindow(flow, acker, ackedBytes)) return false;
  const wayNs = wayTo(acker);
  const delayNs = segment.timeNs - flow.endNs - wayNs;
  return wayNs <= LONGEST_WAY_NS && delayNs >= SHORTEST_DELAY_NS && delayNs <= LONGEST_DELAY_NS;
}

/** Something small and new, sent while nothing but small segments was not acknowledged: Nagle's algorithm is off. */
function isUnheld({ payloadLength, flags, fromServer, relativeSeq }: Segment, flow: Flow): boolean {
  const sender = fromServer ? flow.server : flow.client;
  const acker = fromServer ? flow.client : flow.server;
  // A FIN may go at any time.
  if (payloadLength === 0 || flags & (SYN | FIN | RST) || relativeSeq !== sender.nextSeq) return false;
  const underWay = sender.nextSeq - acker.ackedTo;
  const leastFull = leastFullOctets(acker.mss);
  return underWay > 0 && underWay < leastFull && payloadLength < leastFull;
}

/** The window had no room for another segment like it: the next had to wait for the ACK whatever Nagle says. */
function fillsWindow(flow: Flow, acker: Endpoint, octets: number): boolean {
  // Without the SYNs nobody knows how windows are scaled.
  if (flow.client.synFrame === 0 || flow.server.synFrame === 0) return false;
  return scaledWindow(flow, acker) < 2 * octets;
}

/**
 * Counts the wait that ended with the latest delayed ACK when data followed that had been held back: its sender had
 * nothing else to send it for. Where the peer sent data meanwhile, too, that may be what was waited for. Then it counts
 * only if all of it came at once and its sender also begins what comes next: by data after the pause, or by data that only
 * the next delayed ACK acknowledges, and that is not all it sent.
 */
function settle(state: DelayedAckState, flow: Flow, next: Segment, isNextDelayedAck: boolean): void {
  const { ackedBy, ackNs } = state;
  if (ackedBy === 0) return;
  state.ackedBy = 0;
  const sender = ackedBy === BY_SERVER ? flow.client : flow.server;
  const acker = ackedBy === BY_SERVER ? flow.server : flow.client;
  let sentBytes = sender.nextSeq - state.senderNext;
  const isAnswered = acker.payloadBytes > state.ackerBytes;
  const isFromSender = next.fromServer !== (ackedBy === BY_SERVER);
  const sinceAckNs = flow.endNs - ackNs;
  if (isAnswered) {
    // What came later than it takes to be let go and answered may itself answer something new of the peer's.
    if (sinceAckNs > AT_ONCE_NS + wayTo(sender) + wayTo(acker)) return;
    if (isNextDelayedAck && !isFromSender) sentBytes -= next.relativeAck - acker.ackedTo;
    else if (!isFromSender || next.payloadLength === 0) return;
  }
  if (sentBytes <= 0) return;
  // Without an answer only this followed: it must have followed at once.
  const wayNs = wayTo(sender);
  // A shorter way may be a delayed ACK itself, where the sender has sent no other.
  const isTooSoon = wayNs > LONGEST_WAY_NS && sinceAckNs < wayNs * SOONEST_SHARE;
  if (!isAnswered && (isTooSoon || sinceAckNs > AT_ONCE_NS + wayNs)) return;
  const waitedNs = ackNs - state.smallNs;
  if (state.waits === 0) state.startNs = state.smallNs;
  state.sender = ackedBy === BY_SERVER ? BY_CLIENT : BY_SERVER;
  state.waits++;
  state.totalNs += waitedNs;
  if (waitedNs <= state.worstAckNs - state.worstSmallNs) return;
  state.worstSmallNs = state.smallNs;
  state.worstSmallFrame = state.smallFrame;
  state.worstAckNs = ackNs;
  state.worstAckFrame = state.ackFrame;
}

/**
 * The handshake, which nobody answers late, took as much longer to the end that sent the ACKs than its quickest ACK as an ACK is
 * delayed: so may the ACKs that were late. Mobile networks and hosts that sleep do so.
 */
export function hasVaryingWay({ client, server, lastSynNs, handshakeAckNs }: Flow, side: Side): boolean {
  const acker = side === "client" ? server : client;
  if (client.synFrame === 0 || server.synFrame === 0 || acker.ackSamples === 0) return false;
  const legNs = acker === server ? server.synNs - lastSynNs : handshakeAckNs - server.synNs;
  return legNs - acker.quickestAckNs >= SHORTEST_DELAY_NS;
}

/** From the capture to an end and back, at least; 0 while unknown. */
function wayTo({ ackSamples, quickestAckNs }: Endpoint): number {
  return ackSamples > 0 ? quickestAckNs : 0;
}
