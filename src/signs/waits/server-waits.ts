import type { Segment } from "../../decode/segment.js";
import { roundTripNs } from "../../engine/flow-round-trip.js";
import type { Endpoint } from "../../flows/endpoint.js";
import { AWAITS_ANSWER, type Flow, IS_CLOSED_BY_SERVER, IS_GREETED, IS_REPLACED } from "../../flows/flow.js";
import { mayBeFarewell, wasFarewell } from "../closes/farewell.js";
import { leastFullOctets } from "../segments/full-segment.js";
import { isAlike } from "./crossing-messages.js";
import { areAsLong } from "./equal-waits.js";
import { packetsLostBefore } from "./lost-answer.js";

/** What is kept per flow of its waits for answers. Frames are 0 until seen. */
export const SERVER_WAIT_FIELDS = [
  "requestNs",
  "requestFrom",
  "serverNext",
  "pushes",
  "heardTo",
  "goesOn",
  "bodyOf",
  "alike",
  "waits",
  "asLong",
  "totalNs",
  "worstNs",
  "beforeNs",
  "beforeFrame",
  "answerNs",
  "answerFrame",
  "lastWordTo",
  "lastWordNs",
  "lastWordFrame",
  "lastWordBeforeNs",
  "lastWordBeforeFrame",
  "lastWordWaitNs",
] as const;
export type ServerWaitState = Record<(typeof SERVER_WAIT_FIELDS)[number], number>;

/** What is kept, apart since few flows have any, of the longest wait for an answer that had been sent before. */
export const LOST_ANSWER_FIELDS = [
  "waitNs",
  "packets",
  "beforeNs",
  "beforeFrame",
  "answerNs",
  "answerFrame",
] as const;
export type LostAnswerState = Record<(typeof LOST_ANSWER_FIELDS)[number], number>;
/** Gives that of a flow. */
export interface LostAnswerStates {
  of(flow: Flow): LostAnswerState;
}

/** How often a flow waited, how often as long as at worst, how long in all, and the longest wait of all. */
export type ServerWaits = Pick<
  ServerWaitState,
  "waits" | "asLong" | "totalNs" | "worstNs" | "beforeNs" | "beforeFrame" | "answerNs" | "answerFrame"
>;

/** Shortest wait to look at: so long in itself, and so many round trips. */
export interface WaitLimits {
  readonly minWaitNs: number;
  readonly roundTrips: number;
}

/** All that a client sends as one request leaves within this time. */
const ONE_REQUEST_NS = 200_000_000;

/** A client that so often goes on without an answer waits for none. */
const TIMES_ON = 3;

/** Ten segments that fill an Ethernet frame. RFC 6928, section 2. */
const INITIAL_WINDOW_BYTES = 14_600;

/** Servers that greet do so sooner; what comes first and later than this most servers say of themselves. */
export const LATE_GREETING_NS = 1_000_000_000;

/**
 * Notes a wait that the segment ends: the server's first data since the client's last, which it had acknowledged, with
 * nothing in flight either way and the client's window open. Give it every segment after a pause, in order. What the
 * server sends of itself, after data of its own, ends no wait: the client would have acknowledged that data, so its
 * request is no longer the last that it sent. Its keepalives are noted, and do not count. Pauses in the body of a first
 * answer that was waited for are no pushes, until the client sends again. A wait for an answer that was lost before is kept
 * apart.
 */
export function noteWait(
  state: ServerWaitState,
  lost: LostAnswerStates,
  segment: Segment,
  flow: Flow,
  limits: WaitLimits,
): void {
  const { client, server } = flow;
  noteGoingOn(state, segment, flow);
  // A request that was sent again had not arrived. Keepalives may have an octet.
  if (!segment.fromServer && segment.payloadLength > 1) {
    state.requestNs = Number.NaN;
    state.requestFrom = segment.relativeSeq;
  } else if (client.lastNs === client.labelNextSeqNs && isUnanswered(segment, flow)) {
    state.requestNs = client.labelNextSeqNs;
    state.serverNext = server.nextSeq;
  }
  if (!segment.fromServer || segment.payloadLength === 0 || segment.cause !== 0) return;
  if (client.payloadBytes === 0) {
    if (server.payloadBytes === 0 && segment.timeNs - flow.endNs >= LATE_GREETING_NS) state.pushes++;
    return;
  }
  // A client that has closed does not wait, and what comes after a server's close belongs to another connection.
  if (client.window === 0 || client.finFrame > 0 || server.finFrame + server.rstFrame > 0) return;
  // What comes behind a gap is not all of the answer: its beginning was sent before, and lost.
  if (segment.relativeSeq !== server.nextSeq) return;
  if (server.ackedTo < client.nextSeq || client.ackedTo < server.nextSeq) return;
  if (state.requestNs !== client.labelNextSeqNs || state.serverNext !== server.nextSeq) {
    if (state.bodyOf !== client.nextSeq && segment.timeNs - flow.endNs >= limits.minWaitNs) state.pushes++;
    return;
  }
  // A server that closes an idle connection says so first: that answers nothing.
  if (server.payloadBytes > 0 && segment.isTlsAlert) return;
  const waitedNs = segment.timeNs - client.labelNextSeqNs;
  if (waitedNs < Math.max(limits.minWaitNs, limits.roundTrips * roundTripNs(flow))) return;
  const lostPackets = packetsLostBefore(segment, flow, waitedNs);
  if (lostPackets > 0) {
    noteLostAnswer(lost.of(flow), segment, flow, waitedNs, lostPackets);
    return;
  }
  if (isAlike(segment, client.nextSeq - state.requestFrom)) state.alike++;
  if (server.payloadBytes === 0 && isFull(segment, flow)) state.bodyOf = client.nextSeq;
  if (server.payloadBytes > 0 && mayBeFarewell(segment, waitedNs)) {
    // Of two of them the first was none.
    countLastWord(state, state);
    state.lastWordTo = segment.relativeSeq + segment.payloadLength;
    state.lastWordNs = segment.timeNs;
    state.lastWordFrame = segment.frame;
    state.lastWordBeforeNs = flow.endNs;
    state.lastWordBeforeFrame = flow.lastFrame;
    state.lastWordWaitNs = waitedNs;
    return;
  }
  count(state, waitedNs, flow.endNs, flow.lastFrame, segment.timeNs, segment.frame);
}

/** The server had answered before, and was not heard: keeps the longest such wait. */
function noteLostAnswer(
  lost: LostAnswerState,
  segment: Segment,
  flow: Flow,
  waitedNs: number,
  packets: number,
): void {
  if (waitedNs <= lost.waitNs) return;
  lost.waitNs = waitedNs;
  lost.packets = packets;
  lost.beforeNs = flow.endNs;
  lost.beforeFrame = flow.lastFrame;
  lost.answerNs = segment.timeNs;
  lost.answerFrame = segment.frame;
}

/** The waits of a flow as it is now; a server that closes an idle connection, and says so, answers nothing. */
export function waitsOf(state: ServerWaitState, flow: Flow): ServerWaits {
  const { waits, asLong, totalNs, worstNs, beforeNs, beforeFrame, answerNs, answerFrame } = state;
  const all = { waits, asLong, totalNs, worstNs, beforeNs, beforeFrame, answerNs, answerFrame };
  if (!wasFarewell(flow, state.lastWordTo, state.lastWordNs)) countLastWord(all, state);
  return all;
}

/** Counts the wait before the word that may have been the server's last, if there is one. */
function countLastWord(all: ServerWaits, state: ServerWaitState): void {
  if (state.lastWordTo === 0) return;
  const { lastWordWaitNs, lastWordBeforeNs, lastWordBeforeFrame, lastWordNs, lastWordFrame } = state;
  count(all, lastWordWaitNs, lastWordBeforeNs, lastWordBeforeFrame, lastWordNs, lastWordFrame);
}

function count(
  all: ServerWaits,
  waitedNs: number,
  beforeNs: number,
  beforeFrame: number,
  answerNs: number,
  answerFrame: number,
): void {
  all.waits++;
  all.totalNs += waitedNs;
  if (areAsLong(waitedNs, all.worstNs)) all.asLong++;
  else if (waitedNs > all.worstNs) all.asLong = 1;
  if (waitedNs <= all.worstNs) return;
  all.worstNs = waitedNs;
  all.beforeNs = beforeNs;
  all.beforeFrame = beforeFrame;
  all.answerNs = answerNs;
  all.answerFrame = answerFrame;
}

/**
 * Counts when the client says something new a while after it had been acknowledged what it said before, and the server has said
 * nothing since: the client did not wait for an answer.
 */
function noteGoingOn(state: ServerWaitState, segment: Segment, { client, server }: Flow): void {
  const { fromServer, payloadLength, relativeSeq, timeNs } = segment;
  if (fromServer || payloadLength === 0 || relativeSeq !== client.nextSeq) return;
  const isLater = timeNs - client.lastNs >= ONE_REQUEST_NS && server.ackedTo >= client.nextSeq;
  if (isLater && state.heardTo === server.nextSeq) state.goesOn++;
  state.heardTo = server.nextSeq;
}

/** The client speaks by a clock of its own, or when something happens: what the server says may be no answer. */
export function hasNoTurns({ goesOn: times }: ServerWaitState): boolean {
  return times >= TIMES_ON;
}

/** The server sent nothing between the client's last data and the segment. The labels know of the segment already. */
function isUnanswered(segment: Segment, { client, server }: Flow): boolean {
  if (segment.fromServer && segment.payloadLength > 0) return client.ackedTo >= server.nextSeq;
  return server.payloadBytes === 0 || server.labelNextSeqNs <= client.labelNextSeqNs;
}

/** What fills a segment is the beginning of something longer; what a server pushes is short, mostly. */
function isFull({ payloadLength }: Segment, { client, server }: Flow): boolean {
  return payloadLength >= Math.min(leastFullOctets(client.mss), leastFullOctets(server.mss));
}

/** From the client's first data to the server's answer, nanoseconds; null without one. A greeting answers nothing. */
export function firstAnswerNs({ client, server, facts, greetedAnswerNs }: Flow): number | null {
  if (client.firstDataFrame === 0 || server.firstDataFrame === 0) return null;
  const answerNs = facts & IS_GREETED ? greetedAnswerNs : server.firstDataNs;
  return answerNs > client.firstDataNs ? answerNs - client.firstDataNs : null;
}

/**
 * The client sent one request, all of which the server acknowledged, and the server sent nothing but a greeting until the client
 * closed or the capture ended: when the wait ended, nanoseconds, or Infinity while the connection is open; null when it
 * is not so.
 */
export function unansweredUntilNs(flow: Flow): number | null {
  const { client, server, facts } = flow;
  if (client.firstDataFrame === 0 || server.segments === 0) return null;
  if (server.payloadBytes > 0 && !(facts & AWAITS_ANSWER)) return null;
  if (client.synFrame === 0 || server.synFrame === 0 || facts & IS_CLOSED_BY_SERVER) return null;
  if (server.ackedTo < sentBeforeFin(client) || hasSentUnseen(server) || isFinInVain(flow)) return null;
  // When the last data left is not known behind a FIN; what an initial window holds leaves at once.
  const isOneRequest =
    client.finFrame > 0
      ? client.payloadBytes <= INITIAL_WINDOW_BYTES
      : client.labelNextSeqNs - client.firstDataNs <= ONE_REQUEST_NS;
  return isOneRequest ? openUntilNs(flow) : null;
}

/** Neither end sent a word until the client closed or the capture ended: when that was, as `unansweredUntilNs` tells it. */
export function ungreetedUntilNs(flow: Flow): number | null {
  const { client, server, facts } = flow;
  if (client.payloadBytes + server.payloadBytes > 0 || facts & (IS_CLOSED_BY_SERVER | IS_REPLACED))
    return null;
  if (hasSentUnseen(client) || hasSentUnseen(server)) return null;
  if (server.ackedTo > client.nextSeq || client.ackedTo > server.nextSeq || isFinInVain(flow)) return null;
  return openUntilNs(flow);
}

/**
 * The client's FIN was sent again, or drew a RST, and was never acknowledged. The kernel acknowledges it whatever the
 * program does: where it does not, the connection is gone, or cut off.
 */
function isFinInVain({ client, server }: Flow): boolean {
  if (client.finFrame === 0 || server.ackedTo >= client.nextSeq) return false;
  return client.lastNs > client.finNs || server.rstFrame > 0;
}

function openUntilNs({ closedNs }: Flow): number {
  return closedNs > 0 ? closedNs : Number.POSITIVE_INFINITY;
}

/** Its numbers have gone on: it has sent something, though the capture lacks it. */
function hasSentUnseen({ labelNextSeq, base, uniqueBytes, finFrame }: Endpoint): boolean {
  return (labelNextSeq - base) >>> 0 > uniqueBytes + (finFrame > 0 ? 2 : 1);
}

function sentBeforeFin({ nextSeq, finFrame }: Endpoint): number {
  return finFrame > 0 ? nextSeq - 1 : nextSeq;
}
