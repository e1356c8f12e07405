import type { Segment } from "../decode/segment.js";
import { type Endpoint, HAS_ISN, HAS_WINDOW_SCALE } from "../flows/endpoint.js";
import type { Flow } from "../flows/flow.js";
import { WINDOW_FULL } from "../flows/labels/label.js";
import type { Suffering } from "./listener-incidents.js";

/** What is kept per flow: the spell that goes on, and what the spells before it came to. Frames are 0 until seen. */
export const WINDOW_ROUNDS_FIELDS = [
  "sentBy",
  "isSeenFull",
  "firstWindow",
  "window",
  "lastWindow",
  "retransmits",
  "receiverNext",
  "receiverLast",
  "waitedNs",
  "waitNs",
  "startNs",
  "startFrame",
  "startSeq",
  "lastNs",
  "lastFrame",
  "lastSeq",
  "limitedBy",
  "spells",
  "limitedNs",
  "limitedBytes",
  "firstNs",
  "worstSign",
  "worstWindow",
  "worstStartNs",
  "worstStartFrame",
  "worstLastNs",
  "worstLastFrame",
] as const;
export type WindowRoundsState = Record<(typeof WINDOW_ROUNDS_FIELDS)[number], number>;

const BY_CLIENT = 1;
const BY_SERVER = 2;

/** In flight is so much of the window: silly window avoidance and whole segments leave the rest. RFC 9293, section 3.8.6.2.1. */
const FULL_SHARE = 0.9;
/** Where no MSS is known, Ethernet's without options. */
const DEFAULT_MSS = 1460;
/** A window is filled again, or a round of data follows the one before, within so many round trips. */
const LONGEST_ROUND = 1.5;
/** A window that grows by more is still being tuned: the receiver will not leave it at that. Linux tcp_rcv_space_adjust. */
const GROWN = 1.25;
/** What a round brings, in windows: a segment less, or what was on the way when the window was read. */
const LEAST_OF_ROUND = 0.85;
const MOST_OF_ROUND = 1.05;
/** After a wait at the receiver, an ACK of so many segments may be a delayed one. */
const DELAYED_SEGMENTS = 2;
/** Less are the last rounds of slow start, or chance. */
const FEWEST_ROUNDS = 10;
/** What one round trip carries over a spell, in windows. More: the handshake's round trip was longer than those that followed. */
const LEAST_CARRIED = 0.7;
const MOST_CARRIED = 1.3;
/** Where the path is not seen idle, a queue on it must be all but excluded. */
const LEAST_CARRIED_WITHOUT_WAITS = 0.95;

export interface RoundLimits {
  readonly minRoundTripNs: number;
  /** Share of a spell, 0 to 1, from which on the path counts as idle. */
  readonly minWaitShare: number;
}

/**
 * filled: the capture shows the window full and the path idle. asked: the same, and the receiver sent something in each round. arrived: it shows each window's data behind an idle path, from
 * the receiver's side. paced: it shows the window full, while the path is never idle for long.
 */
export type WindowSign = "filled" | "asked" | "arrived" | "paced";
const FILLED = 1;
const ARRIVED = 2;
const PACED = 3;
const ASKED = 4;

/** What a window held up of a flow. */
export interface WindowRounds extends Suffering<"first" | "last"> {
  readonly sign: WindowSign;
  /** Octets, scaled. */
  readonly windowBytes: number;
  readonly roundTripNs: number;
  /** Not both ends scale: no window can be larger than 64 KiB. */
  readonly isUnscaled: boolean;
}

/**
 * Follows spells in which a window is all that limits a sender: round after round it has as much on the way as the window allows,
 * nothing is lost, and each round trip carries about a window. Give `followWait` every segment after a pause and `followFull`
 * every one that tshark labels, in order. A path on which nothing passes for most of each round trip could carry more; without such
 * waits the round trips must be as short as the handshake's was, for a queue would make them longer.
 */
export function followWait(
  state: WindowRoundsState,
  segment: Segment,
  flow: Flow,
  limits: RoundLimits,
): void {
  if (!isJudged(flow, limits)) return;
  const from = segment.fromServer ? flow.server : flow.client;
  const to = segment.fromServer ? flow.client : flow.server;
  const waitNs = segment.timeNs - flow.endNs;
  if (to.nextSeq > from.ackedTo && segment.relativeAck > from.ackedTo) {
    followAck(state, segment, flow, limits, to, from, waitNs);
  } else if (segment.payloadLength > 0 && segment.relativeSeq >= from.nextSeq) {
    followRound(state, segment, flow, limits, from, to, waitNs);
  }
}

/** See `followWait`. */
export function followFull(
  state: WindowRoundsState,
  segment: Segment,
  flow: Flow,
  limits: RoundLimits,
): void {
  if ((segment.analysis & WINDOW_FULL) === 0 || !isJudged(flow, limits)) return;
  const sender = segment.fromServer ? flow.server : flow.client;
  const receiver = segment.fromServer ? flow.client : flow.server;
  const { timeNs, frame } = segment;
  const at: Place = { timeNs, frame, seq: segment.relativeSeq + segment.payloadLength };
  if (state.sentBy === byOf(sender, flow) && state.isSeenFull === 0) return;
  noteFull(state, flow, limits, sender, receiver, at);
}

/** Windows are known in octets by the handshake alone, and the round trip, too. */
function isJudged({ client, server, initialRttNs }: Flow, { minRoundTripNs }: RoundLimits): boolean {
  return initialRttNs >= minRoundTripNs && (client.facts & server.facts & HAS_ISN) !== 0;
}

/** A segment that ends a round, and the octets sent by then. */
interface Place {
  readonly timeNs: number;
  readonly frame: number;
  readonly seq: number;
}

/** After a wait an ACK came, of what `sender` had in flight. */
function followAck(
  state: WindowRoundsState,
  segment: Segment,
  flow: Flow,
  limits: RoundLimits,
  sender: Endpoint,
  receiver: Endpoint,
  waitNs: number,
): void {
  const mss = receiver.mss > 0 ? receiver.mss : DEFAULT_MSS;
  const window = scaledWindow(flow, receiver);
  const inFlight = sender.nextSeq - receiver.ackedTo;
  const isFull = inFlight <= window && (inFlight >= window * FULL_SHARE || inFlight + mss > window);
  if (isFull) {
    noteFull(state, flow, limits, sender, receiver, {
      timeNs: flow.endNs,
      frame: flow.lastFrame,
      seq: sender.nextSeq,
    });
    state.waitNs += waitNs;
  } else if (
    state.sentBy === byOf(sender, flow) &&
    state.isSeenFull === 0 &&
    inFlight <= mss * DELAYED_SEGMENTS
  ) {
    state.waitNs += waitNs;
    const at = { timeNs: segment.timeNs, frame: segment.frame, seq: sender.nextSeq };
    if (isRound(state, flow, sender, receiver, at)) noteRound(state, receiver, window, at);
  } else {
    finish(state, flow, limits);
  }
}

/** The capture shows the window of `receiver` full, as of `at`. */
function noteFull(
  state: WindowRoundsState,
  flow: Flow,
  limits: RoundLimits,
  sender: Endpoint,
  receiver: Endpoint,
  at: Place,
): void {
  const window = scaledWindow(flow, receiver);
  const goesOn =
    state.isSeenFull === 1 &&
    at.timeNs - state.lastNs <= flow.initialRttNs * LONGEST_ROUND &&
    isAsBefore(state, flow, sender, window);
  if (goesOn) {
    noteRound(state, receiver, window, at);
    return;
  }
  finish(state, flow, limits);
  begin(state, flow, sender, receiver, window, 1, at);
}

/** After a wait new data of `sender` came: at its receiver, all that a window allowed has arrived before. */
function followRound(
  state: WindowRoundsState,
  segment: Segment,
  flow: Flow,
  limits: RoundLimits,
  sender: Endpoint,
  receiver: Endpoint,
  waitNs: number,
): void {
  const isNear = segment.timeNs - state.lastNs <= flow.initialRttNs * LONGEST_ROUND;
  if (state.sentBy !== 0 && state.isSeenFull === 1 && isNear) {
    // Between both ends the flow also rests from the last ACK to the data that it lets go. What the receiver says tells nothing.
    if (state.sentBy === byOf(sender, flow)) state.waitNs += waitNs;
    return;
  }
  const window = scaledWindow(flow, receiver);
  const at: Place = { timeNs: segment.timeNs, frame: segment.frame, seq: sender.nextSeq };
  const isCounted = state.sentBy === byOf(sender, flow) && state.lastSeq === at.seq;
  if (isCounted && isNear) {
    // A delayed ACK has ended the round.
    state.waitNs += waitNs;
    return;
  }
  if (isRound(state, flow, sender, receiver, at)) {
    state.waitNs += waitNs;
    noteRound(state, receiver, window, at);
    return;
  }
  finish(state, flow, limits);
  begin(state, flow, sender, receiver, window, 0, at);
}

/** What came since the last round ended is what the window allowed then, within a round trip and unasked. */
function isRound(
  state: WindowRoundsState,
  flow: Flow,
  sender: Endpoint,
  receiver: Endpoint,
  { timeNs, seq }: Place,
): boolean {
  const bytes = seq - state.lastSeq;
  return (
    state.isSeenFull === 0 &&
    isAsBefore(state, flow, sender, scaledWindow(flow, receiver)) &&
    state.receiverNext === receiver.nextSeq &&
    bytes >= state.lastWindow * LEAST_OF_ROUND &&
    bytes <= state.lastWindow * MOST_OF_ROUND &&
    timeNs - state.lastNs <= flow.initialRttNs * LONGEST_ROUND
  );
}

function isAsBefore(state: WindowRoundsState, flow: Flow, sender: Endpoint, window: number): boolean {
  return (
    state.sentBy === byOf(sender, flow) &&
    sender.retransmits === state.retransmits &&
    window <= state.firstWindow * GROWN
  );
}

function begin(
  state: WindowRoundsState,
  flow: Flow,
  sender: Endpoint,
  receiver: Endpoint,
  window: number,
  isSeenFull: 0 | 1,
  { timeNs, frame, seq }: Place,
): void {
  state.sentBy = byOf(sender, flow);
  state.isSeenFull = isSeenFull;
  state.firstWindow = state.window = state.lastWindow = window;
  state.retransmits = sender.retransmits;
  state.receiverNext = state.receiverLast = receiver.nextSeq;
  state.waitedNs = state.waitNs = 0;
  state.startNs = state.lastNs = timeNs;
  state.startFrame = state.lastFrame = frame;
  state.startSeq = state.lastSeq = seq;
}

function noteRound(
  state: WindowRoundsState,
  receiver: Endpoint,
  window: number,
  { timeNs, frame, seq }: Place,
): void {
  state.receiverLast = receiver.nextSeq;
  state.window = Math.max(state.window, window);
  state.lastWindow = window;
  state.waitedNs += state.waitNs;
  state.waitNs = 0;
  state.lastNs = timeNs;
  state.lastFrame = frame;
  state.lastSeq = seq;
}

/** Counts the spell when the window was what limited it. */
function finish(state: WindowRoundsState, flow: Flow, limits: RoundLimits): void {
  const { sentBy } = state;
  if (sentBy === 0) return;
  state.sentBy = 0;
  const lastedNs = state.lastNs - state.startNs;
  const bytes = state.lastSeq - state.startSeq;
  const sign = signOf(state, flow, limits, lastedNs, bytes);
  if (sign === 0) return;
  if (state.limitedBy !== sentBy) {
    if (state.limitedBytes > bytes) return;
    state.limitedBy = sentBy;
    state.spells = state.limitedNs = state.limitedBytes = 0;
    state.worstLastNs = state.worstStartNs = 0;
  }
  if (state.spells === 0) state.firstNs = state.startNs;
  state.spells++;
  state.limitedNs += lastedNs;
  state.limitedBytes += bytes;
  if (lastedNs <= state.worstLastNs - state.worstStartNs) return;
  state.worstSign = sign;
  state.worstWindow = state.window;
  state.worstStartNs = state.startNs;
  state.worstStartFrame = state.startFrame;
  state.worstLastNs = state.lastNs;
  state.worstLastFrame = state.lastFrame;
}

/** By what the spell shows that the window limited it; 0 when it does not. */
function signOf(
  { window, waitedNs, isSeenFull, receiverNext, receiverLast }: WindowRoundsState,
  { initialRttNs }: Flow,
  { minWaitShare }: RoundLimits,
  lastedNs: number,
  bytes: number,
): number {
  const rounds = lastedNs / initialRttNs;
  if (rounds < FEWEST_ROUNDS) return 0;
  // Little's law: what is on the way is the rate times the round trip.
  const carried = bytes / (rounds * window);
  if (carried < LEAST_CARRIED || carried > MOST_CARRIED) return 0;
  if (waitedNs < lastedNs * minWaitShare)
    return isSeenFull === 1 && carried >= LEAST_CARRIED_WITHOUT_WAITS ? PACED : 0;
  if (isSeenFull === 0) return ARRIVED;
  return receiverLast - receiverNext >= rounds ? ASKED : FILLED;
}

const SIGNS: Readonly<Record<number, WindowSign>> = {
  [FILLED]: "filled",
  [ARRIVED]: "arrived",
  [PACED]: "paced",
  [ASKED]: "asked",
};

/**
 * What a window held up of the flow; null when none did, or when less than `minTransferShare` of its sender's octets went so.
 * Changes nothing.
 */
export function findWindowRounds(
  kept: WindowRoundsState,
  flow: Flow,
  limits: RoundLimits,
  minTransferShare: number,
): WindowRounds | null {
  if (kept.sentBy === 0 && kept.spells === 0) return null;
  const state = Object.fromEntries(
    WINDOW_ROUNDS_FIELDS.map((name) => [name, kept[name]]),
  ) as WindowRoundsState;
  finish(state, flow, limits);
  const isByServer = state.limitedBy === BY_SERVER;
  const sender = isByServer ? flow.server : flow.client;
  if (state.spells === 0 || state.limitedBytes < sender.uniqueBytes * minTransferShare) return null;
  const { worstStartNs, worstLastNs } = state;
  return {
    side: isByServer ? "client" : "server",
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
    isUnscaled: !isScaled(flow),
  };
}

function byOf(sender: Endpoint, flow: Flow): number {
  return sender === flow.server ? BY_SERVER : BY_CLIENT;
}

/** The window that `receiver` offered last, in octets. RFC 7323, section 2.2. */
function scaledWindow(flow: Flow, receiver: Endpoint): number {
  return isScaled(flow) ? receiver.window * 2 ** receiver.windowScale : receiver.window;
}

/** Both SYNs had the option. */
function isScaled({ client, server }: Flow): boolean {
  return (client.facts & server.facts & HAS_WINDOW_SCALE) !== 0;
}
