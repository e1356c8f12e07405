import type { Segment } from "../../decode/segment.js";
import type { Evidence } from "../../engine/finding.js";
import { causeOf, WINDOW_PROBE } from "../../flows/causes/cause.js";
import type { Endpoint } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import { WINDOW_FULL, ZERO_WINDOW, ZERO_WINDOW_PROBE } from "../../flows/labels/label.js";
import { RST, SYN } from "../../tcp/flags.js";
import type { Side, Suffering } from "../listeners/listener-incidents.js";

/** What is kept per flow: the closed window of one end at a time, and the worst so far. Frames are 0 until seen. */
export const ZERO_WINDOW_FIELDS = [
  "closedBy",
  "closedNs",
  "closedFrame",
  "lastClosedNs",
  "lastClosedFrame",
  "waitingNs",
  "waitingFrame",
  "probeNs",
  "vainProbes",
  "mostVainProbes",
  "silentNs",
  "fullBy",
  "fullNs",
  "fullFrame",
  "stalls",
  "totalNs",
  "startNs",
  "worstBy",
  "worstClosedNs",
  "worstClosedFrame",
  "worstWaitingNs",
  "worstWaitingFrame",
  "worstEndNs",
  "worstEndFrame",
  "isWorstOpened",
  "worstVainProbes",
  "worstSilentNs",
] as const;
export type ZeroWindowState = Record<(typeof ZERO_WINDOW_FIELDS)[number], number>;

/** A server behind what answers its SYNs may be as far away as this; it opens the window a round trip later. */
const SHORTEST_FROM_START_NS = 1_000_000_000;

const BY_CLIENT = 1;
const BY_SERVER = 2;

export type ZeroWindowRole = "closed" | "waiting" | "end";

/** A flow's closed windows. */
export interface ZeroWindowStall extends Suffering<ZeroWindowRole> {
  /** The longest was opened again, as captured. */
  readonly isOpened: boolean;
  /** The longest was closed from the SYN-ACK on. */
  readonly isFromStart: boolean;
  /**
   * During the longest: the most probes in a row that nothing answered, and how long nothing had been heard by the last
   * of them. Nanoseconds.
   */
  readonly vainProbes: number;
  readonly silentNs: number;
}

/**
 * Follows closed windows, from the segment that closes one to the one that opens it, where the capture also shows that
 * the peer had more to send: it filled the window, or probed it. Give it every segment with a label of tshark's or
 * after a pause, in order; for an opening that is neither stands the last of them before it, in which it was closed.
 * RFC 9293, section 3.8.6.1.
 */
export function followWindow(state: ZeroWindowState, segment: Segment, flow: Flow, minStallNs: number): void {
  const { analysis, fromServer } = segment;
  const by = fromServer ? BY_SERVER : BY_CLIENT;
  const { timeNs, frame } = segment;
  if (analysis & ZERO_WINDOW) {
    if (state.closedBy === 0) close(state, by, timeNs, frame);
    if (state.closedBy === by) noteClosed(state, timeNs, frame);
    return;
  }
  if (state.closedBy === 0 && !fromServer && isClosedFromStart(flow) && isWaiting(segment))
    close(state, BY_SERVER, flow.server.synNs, flow.server.synFrame);
  if (state.closedBy === 0) {
    if (analysis & WINDOW_FULL) {
      state.fullBy = by;
      state.fullNs = timeNs;
      state.fullFrame = frame;
    }
    return;
  }
  const receiver = endOf(flow, state.closedBy);
  if (receiver.window > 0) {
    finish(state, state.lastClosedNs, state.lastClosedFrame, true, minStallNs);
  } else if (by === state.closedBy) {
    if ((segment.flags & (RST | SYN)) === 0 && segment.window > 0)
      finish(state, timeNs, frame, true, minStallNs);
  } else {
    noteClosed(state, timeNs, frame);
    if (!isWaiting(segment)) return;
    noteProbe(state, timeNs, receiver.lastNs);
    if (state.waitingFrame > 0) return;
    state.waitingNs = timeNs;
    state.waitingFrame = frame;
  }
}

/** What became of the flow's windows; null when none was closed for `minStallNs` in the way of data. Changes nothing. */
export function findZeroWindowStall(
  kept: ZeroWindowState,
  flow: Flow,
  minStallNs: number,
): ZeroWindowStall | null {
  if (kept.closedBy === 0 && kept.stalls === 0) return null;
  const state = Object.fromEntries(ZERO_WINDOW_FIELDS.map((name) => [name, kept[name]])) as ZeroWindowState;
  if (state.closedBy !== 0) {
    const isOpened = endOf(flow, state.closedBy).window > 0;
    if (isOpened) finish(state, state.lastClosedNs, state.lastClosedFrame, true, minStallNs);
    else finish(state, flow.endNs, flow.lastFrame, false, minStallNs);
  }
  if (state.stalls === 0) return null;
  const isFromStart = state.worstClosedFrame === flow.server.synFrame;
  const worstNs = state.worstEndNs - state.worstClosedNs;
  if (isFromStart && state.stalls === 1 && worstNs < SHORTEST_FROM_START_NS) return null;
  const at = (frame: number, timeNs: number): Evidence => ({ flowId: flow.id, frame, timeNs });
  const side: Side = state.worstBy === BY_SERVER ? "server" : "client";
  return {
    side,
    count: state.stalls,
    totalNs: state.totalNs,
    worstNs,
    evidence: {
      closed: at(state.worstClosedFrame, state.worstClosedNs),
      waiting: at(state.worstWaitingFrame, state.worstWaitingNs),
      end: at(state.worstEndFrame, state.worstEndNs),
    },
    startNs: state.startNs,
    endNs: state.worstEndNs,
    isOpened: state.isWorstOpened === 1,
    isFromStart,
    vainProbes: state.worstVainProbes,
    silentNs: state.worstSilentNs,
  };
}

/**
 * The server has said nothing but that its window is 0, in its SYN-ACK: no server does, but what answers in its name until it has
 * reached it. Of segments with SYN tshark has no label for that.
 */
function isClosedFromStart({ server }: Flow): boolean {
  return server.window === 0 && server.synFrame > 0 && server.segments === server.syns;
}

/** When the segment was captured the window was closed. */
function noteClosed(state: ZeroWindowState, timeNs: number, frame: number): void {
  state.lastClosedNs = timeNs;
  state.lastClosedFrame = frame;
}

/**
 * Whoever closed its window must answer each probe of it (RFC 9293, section 3.8.6.1); it was heard last at `heardNs`. What answers
 * the last one is not known yet.
 */
function noteProbe(state: ZeroWindowState, timeNs: number, heardNs: number): void {
  // A probe with a label that comes after a pause is given twice.
  if (timeNs === state.probeNs) return;
  const isBeforeInVain = state.probeNs > 0 && heardNs < state.probeNs;
  state.probeNs = timeNs;
  state.vainProbes = isBeforeInVain ? state.vainProbes + 1 : 0;
  if (state.vainProbes <= state.mostVainProbes) return;
  state.mostVainProbes = state.vainProbes;
  state.silentNs = timeNs - heardNs;
}

function close(state: ZeroWindowState, by: number, timeNs: number, frame: number): void {
  state.closedBy = by;
  state.closedNs = timeNs;
  state.closedFrame = frame;
  // What the peer sent last filled the window: there is more behind it, mostly.
  state.probeNs = state.vainProbes = state.mostVainProbes = state.silentNs = 0;
  const isFilled = state.fullFrame > 0 && state.fullBy !== by;
  state.waitingNs = isFilled ? state.fullNs : 0;
  state.waitingFrame = isFilled ? state.fullFrame : 0;
}

function finish(
  state: ZeroWindowState,
  endNs: number,
  endFrame: number,
  isOpened: boolean,
  minStallNs: number,
): void {
  const { closedBy, closedNs, waitingFrame } = state;
  state.closedBy = 0;
  state.fullFrame = 0;
  const lastedNs = endNs - closedNs;
  if (lastedNs < minStallNs || waitingFrame === 0) return;
  if (state.stalls === 0) state.startNs = closedNs;
  state.stalls++;
  state.totalNs += lastedNs;
  if (lastedNs <= state.worstEndNs - state.worstClosedNs) return;
  state.worstBy = closedBy;
  state.worstClosedNs = closedNs;
  state.worstClosedFrame = state.closedFrame;
  state.worstWaitingNs = state.waitingNs;
  state.worstWaitingFrame = waitingFrame;
  state.worstEndNs = endNs;
  state.worstEndFrame = endFrame;
  state.isWorstOpened = isOpened ? 1 : 0;
  state.worstVainProbes = state.mostVainProbes;
  state.worstSilentNs = state.silentNs;
}

function endOf(flow: Flow, by: number): Endpoint {
  return by === BY_SERVER ? flow.server : flow.client;
}

/** It probes the closed window, or was sent into it. */
function isWaiting(segment: Segment): boolean {
  return (
    causeOf(segment.cause) === WINDOW_PROBE ||
    (segment.analysis & ZERO_WINDOW_PROBE) !== 0 ||
    segment.payloadLength > 0
  );
}
