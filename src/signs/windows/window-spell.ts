import type { Endpoint } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import { scaledWindow } from "./scaled-window.js";

/**
 * A spell is a time in which one end sends round after round of data, each of about one receive window. Kept per flow:
 * the spell that goes on, and what the spells before it came to. Frames are 0 until seen.
 */
export const WINDOW_SPELL_FIELDS = [
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
  "limitedSender",
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
export type WindowSpellState = Record<(typeof WINDOW_SPELL_FIELDS)[number], number>;

const BY_CLIENT = 1;
const BY_SERVER = 2;

/** What a spell shows of its window, in `worstSign`; WindowSign of window-rounds.ts. 0: that it limits nothing. */
export const FILLED = 1;
export const ASKED = 2;
export const ARRIVED = 3;
export const PACED = 4;

/** A window is filled again, or a round of data follows the one before, within so many round trips. */
const LONGEST_ROUND = 1.5;
/** A window that grows by more is still being tuned: the receiver will not leave it at that. Linux tcp_rcv_space_adjust. */
const GROWN = 1.25;
/** Less are the last rounds of slow start, or chance. */
const FEWEST_ROUNDS = 10;
/**
 * What one round trip carries over a spell, in windows. Less: the receiver reads slowly, or a queue makes round trips longer, and a
 * larger window gains little. More: the handshake's round trip was longer than those that followed.
 */
const LEAST_CARRIED = 0.8;
const MOST_CARRIED = 1.3;
/** A path on which nothing passes for this share of the time carries twice as much. */
const IDLE_SHARE = 0.5;
/** Where it is not seen so idle, a queue on it must be all but excluded. */
const LEAST_CARRIED_WITHOUT_WAITS = 0.95;

/** The end of a round, and the octets that its sender had sent by then. */
export interface RoundEnd {
  readonly timeNs: number;
  readonly frame: number;
  readonly seq: number;
}

/** The spell that goes on is one of this sender. */
export function isSpellOf(state: WindowSpellState, flow: Flow, sender: Endpoint): boolean {
  return state.sentBy === byOf(flow, sender);
}

/** Whose window it is that limits. */
export function isServersWindow(state: WindowSpellState): boolean {
  return state.limitedSender === BY_CLIENT;
}

/** So near to the spell's last round that it may be the next one. */
export function isNearSpell(state: WindowSpellState, flow: Flow, timeNs: number): boolean {
  return timeNs - state.lastNs <= flow.initialRttNs * LONGEST_ROUND;
}

/** The spell may go on with a round of `sender`: it is near, nothing was sent again, and the receiver has settled on its window. */
export function mayExtendSpell(
  state: WindowSpellState,
  flow: Flow,
  sender: Endpoint,
  receiver: Endpoint,
  timeNs: number,
): boolean {
  return (
    isSpellOf(state, flow, sender) &&
    isNearSpell(state, flow, timeNs) &&
    sender.retransmits === state.retransmits &&
    scaledWindow(flow, receiver) <= state.firstWindow * GROWN
  );
}

/** Ends the spell that went on, and begins one. `isSeenFull`: the capture shows the window full. */
export function beginSpell(
  state: WindowSpellState,
  flow: Flow,
  sender: Endpoint,
  receiver: Endpoint,
  { timeNs, frame, seq }: RoundEnd,
  isSeenFull: 0 | 1,
): void {
  endSpell(state, flow);
  state.sentBy = byOf(flow, sender);
  state.isSeenFull = isSeenFull;
  state.firstWindow = state.window = state.lastWindow = scaledWindow(flow, receiver);
  state.retransmits = sender.retransmits;
  state.receiverNext = state.receiverLast = receiver.nextSeq;
  state.waitedNs = state.waitNs = 0;
  state.startNs = state.lastNs = timeNs;
  state.startFrame = state.lastFrame = frame;
  state.startSeq = state.lastSeq = seq;
}

/** Adds a round to the spell. What has been waited since the last one, `waitNs`, is within the spell now. */
export function extendSpell(
  state: WindowSpellState,
  flow: Flow,
  receiver: Endpoint,
  { timeNs, frame, seq }: RoundEnd,
): void {
  state.lastWindow = scaledWindow(flow, receiver);
  state.window = Math.max(state.window, state.lastWindow);
  state.receiverLast = receiver.nextSeq;
  state.waitedNs += state.waitNs;
  state.waitNs = 0;
  state.lastNs = timeNs;
  state.lastFrame = frame;
  state.lastSeq = seq;
}

/** Ends the spell that went on, if there is one, and counts it if the window was what limited it. */
export function endSpell(state: WindowSpellState, flow: Flow): void {
  const { sentBy } = state;
  if (sentBy === 0) return;
  state.sentBy = 0;
  const lastedNs = state.lastNs - state.startNs;
  const bytes = state.lastSeq - state.startSeq;
  const sign = signOf(state, flow, lastedNs, bytes);
  if (sign === 0) return;
  if (state.limitedSender !== sentBy) {
    // Of two ends that were held up the one with more to send counts.
    if (state.limitedBytes > bytes) return;
    state.limitedSender = sentBy;
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

function signOf(
  { window, waitedNs, isSeenFull, receiverNext, receiverLast }: WindowSpellState,
  { initialRttNs }: Flow,
  lastedNs: number,
  bytes: number,
): number {
  const rounds = lastedNs / initialRttNs;
  if (rounds < FEWEST_ROUNDS) return 0;
  // Little's law: what is on the way is the rate times the round trip.
  const carried = bytes / (rounds * window);
  if (carried < LEAST_CARRIED || carried > MOST_CARRIED) return 0;
  if (waitedNs < lastedNs * IDLE_SHARE)
    return isSeenFull === 1 && carried >= LEAST_CARRIED_WITHOUT_WAITS ? PACED : 0;
  if (isSeenFull === 0) return ARRIVED;
  return receiverLast - receiverNext >= rounds ? ASKED : FILLED;
}

function byOf(flow: Flow, sender: Endpoint): number {
  return sender === flow.server ? BY_SERVER : BY_CLIENT;
}
