import type { Segment } from "../../decode/segment.js";
import type { Observer, RuleHooks } from "../../engine/rule.js";
import { type Endpoint, HAS_ISN } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import { WINDOW_FULL } from "../../flows/labels/label.js";
import type { Suffering } from "../listeners/listener-incidents.js";
import { isScaled, scaledWindow } from "./scaled-window.js";
import {
  ARRIVED,
  ASKED,
  beginSpell,
  endSpell,
  extendSpell,
  FILLED,
  isNearSpell,
  isServersWindow,
  isSpellOf,
  mayExtendSpell,
  PACED,
  type RoundEnd,
  WINDOW_SPELL_FIELDS,
  type WindowSpellState,
} from "./window-spell.js";

/** Octets; what hosts offer at first where nobody has set a buffer is more, or becomes more at once. */
const LARGE_WINDOW = 32_768;
/** Rounds of less than a millisecond are a matter of the hosts. */
const SHORTEST_ROUND_TRIP_NS = 1_000_000;
/** In flight is so much of the window: silly window avoidance and whole segments leave the rest. RFC 9293, section 3.8.6.2.1. */
const FULL_SHARE = 0.9;
/** Where no MSS is known, Ethernet's without options. */
const DEFAULT_MSS = 1460;
/** What a round brings to its receiver, of the window that was offered before: a segment less, or an ACK more. */
const LEAST_OF_ROUND = 0.85;
const MOST_OF_ROUND = 1.05;

/**
 * filled: the capture shows the window full and then the path idle. asked: the same, and the receiver sent something in
 * each round. arrived: after an idle path there comes a window's worth, seen from the receiver's side. paced: the
 * window is full while the path is never idle for long.
 */
export type WindowSign = "filled" | "asked" | "arrived" | "paced";
const SIGNS: Readonly<Record<number, WindowSign>> = {
  [FILLED]: "filled",
  [ASKED]: "asked",
  [ARRIVED]: "arrived",
  [PACED]: "paced",
};

/** What a window held up of a flow. */
export interface WindowRounds extends Suffering<"first" | "last"> {
  readonly sign: WindowSign;
  /** Octets, scaled. */
  readonly windowBytes: number;
  readonly roundTripNs: number;
  /** Share of what its sender sent. */
  readonly transferShare: number;
  /** Not both ends scale: no window can be larger than 64 KiB. */
  readonly isUnscaled: boolean;
}

export interface ObservedWindowRounds extends RuleHooks {
  /** Null when no window was what limited the flow. */
  of(flow: Flow): WindowRounds | null;
}

/**
 * Watches for spells in which a window is all that limits a sender: round after round it has as much on the way as the window
 * allows, nothing is lost, and each round trip carries about a window. It looks at what tshark calls a full window, and at
 * what ends a pause of the flow. A path on which nothing passes for most of each round trip could carry more; without such waits
 * the round trips must be as short as the handshake's was, for a queue would make them longer.
 */
export const observeWindowRounds: Observer<ObservedWindowRounds> = (perFlow) => {
  const states = perFlow(...WINDOW_SPELL_FIELDS);
  return {
    labelled(segment, flow) {
      if (segment.analysis & WINDOW_FULL && isJudged(flow)) noteFullLabel(states.of(flow), segment, flow);
    },
    paused(segment, flow) {
      if (isJudged(flow)) noteWait(states.of(flow), segment, flow);
    },
    of: (flow) => findWindowRounds(states.of(flow), flow),
  };
};

/**
 * Windows are known in octets by the handshake alone, and the round trip, too. Of what is not far away nothing is kept, nor of who has
 * sent less than large windows let him.
 */
function isJudged(flow: Flow): boolean {
  const { client, server, initialRttNs } = flow;
  if (initialRttNs < SHORTEST_ROUND_TRIP_NS || (client.facts & server.facts & HAS_ISN) === 0) return false;
  if (client.nextSeq >= LARGE_WINDOW * LEAST_OF_ROUND || server.nextSeq >= LARGE_WINDOW * LEAST_OF_ROUND)
    return true;
  return scaledWindow(flow, client) < LARGE_WINDOW || scaledWindow(flow, server) < LARGE_WINDOW;
}

/** Data fills the window to the last octet. At the receiver it does so only where an ACK was late: rounds tell more there. */
function noteFullLabel(state: WindowSpellState, segment: Segment, flow: Flow): void {
  const sender = segment.fromServer ? flow.server : flow.client;
  const receiver = segment.fromServer ? flow.client : flow.server;
  const { timeNs, frame, relativeSeq, payloadLength } = segment;
  if (isSpellOf(state, flow, sender) && state.isSeenFull === 0 && isNearSpell(state, flow, timeNs)) return;
  noteFull(state, flow, sender, receiver, { timeNs, frame, seq: relativeSeq + payloadLength });
}

function noteWait(state: WindowSpellState, segment: Segment, flow: Flow): void {
  const from = segment.fromServer ? flow.server : flow.client;
  const to = segment.fromServer ? flow.client : flow.server;
  if (segment.relativeAck > from.ackedTo) noteAck(state, segment, flow, to, from);
  else if (segment.payloadLength > 0 && mayBeHeldUp(flow, from, to)) noteData(state, segment, flow, from, to);
}

/** Else no window has held it up yet. Of a large one nothing is kept until then: most connections never send so much. */
function mayBeHeldUp(flow: Flow, sender: Endpoint, receiver: Endpoint): boolean {
  const window = scaledWindow(flow, receiver);
  return window < LARGE_WINDOW || sender.nextSeq >= window * LEAST_OF_ROUND;
}

/** After a wait an ACK came, of what `sender` had in flight. */
function noteAck(
  state: WindowSpellState,
  segment: Segment,
  flow: Flow,
  sender: Endpoint,
  receiver: Endpoint,
): void {
  const { endNs, lastFrame } = flow;
  const mss = receiver.mss > 0 ? receiver.mss : DEFAULT_MSS;
  const window = scaledWindow(flow, receiver);
  const inFlight = sender.nextSeq - receiver.ackedTo;
  if (inFlight <= window && (inFlight >= window * FULL_SHARE || inFlight + mss > window)) {
    noteFull(state, flow, sender, receiver, { timeNs: endNs, frame: lastFrame, seq: sender.nextSeq });
    state.waitNs += segment.timeNs - endNs;
  } else if (isSpellOf(state, flow, sender)) {
    // The sender leaves a part of the window unused; or, at the receiver, it is a delayed ACK.
    if (state.isSeenFull === 1) endSpell(state, flow);
    else noteRound(state, segment, flow, sender, receiver);
  }
}

function noteFull(
  state: WindowSpellState,
  flow: Flow,
  sender: Endpoint,
  receiver: Endpoint,
  end: RoundEnd,
): void {
  if (state.isSeenFull === 1 && mayExtendSpell(state, flow, sender, receiver, end.timeNs))
    extendSpell(state, flow, receiver, end);
  else beginSpell(state, flow, sender, receiver, end, 1);
}

/** After a wait new data of `sender` came: at its receiver, all that a window allowed has arrived before. */
function noteData(
  state: WindowSpellState,
  segment: Segment,
  flow: Flow,
  sender: Endpoint,
  receiver: Endpoint,
): void {
  const { timeNs, frame } = segment;
  if (isNearSpell(state, flow, timeNs) && (state.isSeenFull === 1 || state.lastSeq === sender.nextSeq)) {
    // Between both ends the flow also rests from the last ACK to the data that it lets go; at the receiver, after a delayed ACK. What
    // the receiver has to say ends no round.
    state.waitNs += timeNs - flow.endNs;
  } else if (!noteRound(state, segment, flow, sender, receiver)) {
    beginSpell(state, flow, sender, receiver, { timeNs, frame, seq: sender.nextSeq }, 0);
  }
}

/**
 * Whether what arrived since the last round is what the window allowed then, unasked: a round more. The wait counts in any
 * case.
 */
function noteRound(
  state: WindowSpellState,
  segment: Segment,
  flow: Flow,
  sender: Endpoint,
  receiver: Endpoint,
): boolean {
  const { timeNs, frame } = segment;
  const seq = sender.nextSeq;
  const bytes = seq - state.lastSeq;
  state.waitNs += timeNs - flow.endNs;
  const isRound =
    mayExtendSpell(state, flow, sender, receiver, timeNs) &&
    state.receiverNext === receiver.nextSeq &&
    bytes >= state.lastWindow * LEAST_OF_ROUND &&
    bytes <= state.lastWindow * MOST_OF_ROUND;
  if (isRound) extendSpell(state, flow, receiver, { timeNs, frame, seq });
  return isRound;
}

/** Changes nothing. */
function findWindowRounds(kept: WindowSpellState, flow: Flow): WindowRounds | null {
  if (kept.sentBy === 0 && kept.spells === 0) return null;
  const state = Object.fromEntries(WINDOW_SPELL_FIELDS.map((name) => [name, kept[name]])) as WindowSpellState;
  endSpell(state, flow);
  if (state.spells === 0) return null;
  const isServers = isServersWindow(state);
  const { worstStartNs, worstLastNs } = state;
  return {
    side: isServers ? "server" : "client",
    count: state.spells,
    totalNs: state.limitedNs,
    worstNs: worstLastNs - worstStartNs,
    evidence: {
      first: { flowId: flow.id, frame: state.worstStartFrame, timeNs: worstStartNs },
      last: { flowId: flow.id, frame: state.worstLastFrame, timeNs: worstLastNs },
    },
    startNs: state.firstNs,
    endNs: worstLastNs,
    sign: SIGNS[state.worstSign]!,
    windowBytes: state.worstWindow,
    roundTripNs: flow.initialRttNs,
    transferShare: state.limitedBytes / (isServers ? flow.client : flow.server).uniqueBytes,
    isUnscaled: !isScaled(flow),
  };
}
