import { ACK, FIN, RST, SYN } from "../tcp/flags.js";
import { CLOSED, ESTABLISHED, INACTIVE, PARTIAL, RESET, SYN_ACK_SENT, SYN_SENT } from "./connection-state.js";
import { type Endpoint, HAS_OWN_HISTORY_SEQ } from "./endpoint.js";
import { type Flow, HISTORY_32 } from "./flow.js";

/**
 * Zeek's `history`: a letter for each kind of event, upper case for the client's, lower case for the server's, in
 * the order of their first occurrence. s SYN, h SYN-ACK, a pure ACK, d payload, f FIN, r RST, g gap, t payload
 * sent again, w zero window, i FIN with RST, q SYN with FIN or RST, ^ the server was seen first. a, d, i and q
 * occur once for each side; f and r again when their sequence number differs, h and s so after the side's FIN or RST
 * only (before that another ISN starts its numbers anew); g, t and w at their 1st, 10th, 100th … time. Frames that the
 * capture recorded twice give t and w like others: Zeek knows no copies.
 * Never written: c (bad checksum; offloading makes them normal) and x (Zeek's analyzers).
 */
const MAX_LETTERS = 32;

/** A SYN or RST further from the others is not believed. Octets; Zeek's TOO_LARGE_SEQ_DELTA. */
const MAX_JUMP = 1_048_576;

const SEEN_SYN = 0x01;
const SEEN_FIN = 0x02;
const SEEN_RST = 0x04;
export const SEEN_DATA = 0x08;
export const SEEN_ACK = 0x10;
const SEEN_MULTI_FLAG = 0x20;
const SEEN_FIN_RST = 0x40;
/** The server's bits stand this much higher. */
export const SERVER_SHIFT = 16;

const FLIPPED = 0x5e; // ^
const LOWER_CASE = 0x20;
const LETTER = {
  A: 0x41,
  D: 0x44,
  F: 0x46,
  G: 0x47,
  H: 0x48,
  I: 0x49,
  Q: 0x51,
  R: 0x52,
  S: 0x53,
  T: 0x54,
  W: 0x57,
};

function append(flow: Flow, code: number): void {
  const length = flow.historyLength;
  if (length === MAX_LETTERS) return;
  const word = flow.at32 + HISTORY_32 + (length >>> 2);
  flow.u32[word] = flow.u32[word]! | (code << ((length & 3) * 8));
  flow.historyLength = length + 1;
}

function appendFor(flow: Flow, fromServer: boolean, letter: number): void {
  append(flow, fromServer ? letter | LOWER_CASE : letter);
}

/** Appends the letter the first time; says whether it had been there before. */
function appendOnce(flow: Flow, fromServer: boolean, seen: number, letter: number): boolean {
  const bit = fromServer ? seen << SERVER_SHIFT : seen;
  if (flow.historyMask & bit) return true;
  flow.historyMask |= bit;
  appendFor(flow, fromServer, letter);
  return false;
}

/** True at the 1st, 10th, 100th … time. */
function isPowerOfTen(count: number): boolean {
  let power = 1;
  while (power < count) power *= 10;
  return power === count;
}

/** The server's segment was the first captured. */
export function noteFlipped(flow: Flow): void {
  append(flow, FLIPPED);
}

/** A segment's own letters. To be called before the state machine moves. `seq` is raw, lengths are octets. */
export function noteSegment(
  flow: Flow,
  fromServer: boolean,
  flags: number,
  seq: number,
  payloadLength: number,
): void {
  const control = flags & (SYN | FIN | RST);
  if (control === 0) {
    if (payloadLength > 0) appendOnce(flow, fromServer, SEEN_DATA, LETTER.D);
    else if (flags & ACK) appendOnce(flow, fromServer, SEEN_ACK, LETTER.A);
    return;
  }
  if ((control & (control - 1)) !== 0) {
    if ((control & (FIN | RST)) === (FIN | RST)) appendOnce(flow, fromServer, SEEN_FIN_RST, LETTER.I);
    else appendOnce(flow, fromServer, SEEN_MULTI_FLAG, LETTER.Q);
    return;
  }
  const endpoint = fromServer ? flow.server : flow.client;
  if (control === SYN) {
    const letter = flags & ACK ? LETTER.H : LETTER.S;
    const isOver = endpoint.zeekState === CLOSED || endpoint.zeekState === RESET;
    if (appendOnce(flow, fromServer, SEEN_SYN, letter) && isOver && seq !== endpoint.historySyn) {
      appendFor(flow, fromServer, letter);
    }
    endpoint.historySyn = seq;
  } else if (control === FIN) {
    // A FIN's own number stands behind the segment's data, unlike a SYN's or RST's.
    const finSeq = (seq + payloadLength) >>> 0;
    if (appendOnce(flow, fromServer, SEEN_FIN, LETTER.F) && finSeq !== endpoint.historyFin) {
      appendFor(flow, fromServer, LETTER.F);
    }
    endpoint.historyFin = finSeq;
  } else {
    if (appendOnce(flow, fromServer, SEEN_RST, LETTER.R) && seq !== endpoint.historyRst) {
      appendFor(flow, fromServer, LETTER.R);
    }
    endpoint.historyRst = seq;
  }
}

/** A zero window, unless it means nothing: with or after a RST, or when the peer has said that it sends no more. */
export function noteZeroWindow(flow: Flow, fromServer: boolean, flags: number): void {
  const endpoint = fromServer ? flow.server : flow.client;
  const peer = fromServer ? flow.client : flow.server;
  if (flags & RST || peer.zeekState === CLOSED || endpoint.zeekState === RESET) return;
  if (isPowerOfTen(++endpoint.historyZeroWindows)) appendFor(flow, fromServer, LETTER.W);
}

/**
 * Advances the highest number that the endpoint has named, or notes payload that does not. To be called before the state
 * machine and `nextSeq` move, and settleNumbers behind them. After init_endpoint and update_last_seq of Zeek's
 * TCPSessionAdapter.cc: a SYN and a FIN take a number each, a RST's payload none, and what an endpoint says first is
 * never sent again, unless it is payload beside a SYN.
 * @param first relative number of the segment
 */
export function noteNumbers(
  flow: Flow,
  fromServer: boolean,
  flags: number,
  first: number,
  payloadLength: number,
): void {
  const endpoint = fromServer ? flow.server : flow.client;
  const state = endpoint.zeekState;
  const length = (flags & RST ? 0 : payloadLength) + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
  const end = first + length;
  let last = endpoint.facts & HAS_OWN_HISTORY_SEQ ? endpoint.historySeq : endpoint.nextSeq;
  if (state === INACTIVE) last = flags & SYN ? end : first;
  else if (flags & SYN && beginsAnew(endpoint, first)) last = end;
  // Numbers have 32 bits: halfway round is behind.
  const advance = (end - last) | 0;
  if (flags & (SYN | RST) && Math.abs(advance) > MAX_JUMP) endpoint.historySeq = last;
  else if (flags & FIN && last === 1) endpoint.historySeq = end;
  else {
    endpoint.historySeq = advance > 0 && state !== RESET ? end : last;
    if (advance <= 0 && payloadLength > 0) noteRetransmission(flow, fromServer);
  }
}

/** Whether a SYN sets the endpoint's numbers again. Of one that was sent again they are the same. */
function beginsAnew(endpoint: Endpoint, first: number): boolean {
  switch (endpoint.zeekState) {
    case SYN_SENT:
    case SYN_ACK_SENT:
      return first !== 0;
    case ESTABLISHED:
    case PARTIAL:
      return true;
    default:
      return endpoint.zeekState === RESET && endpoint.zeekPreviousState === INACTIVE;
  }
}

/** Nearly always the highest number is where new data begins: fast paths need not look further then. */
export function settleNumbers(endpoint: Endpoint): void {
  if (endpoint.historySeq !== endpoint.nextSeq) {
    endpoint.facts |= HAS_OWN_HISTORY_SEQ;
    return;
  }
  endpoint.facts &= ~HAS_OWN_HISTORY_SEQ;
  endpoint.historySeq = 0;
}

/** Payload that ends at or below the highest number that the endpoint had named before. */
export function noteRetransmission(flow: Flow, fromServer: boolean): void {
  const endpoint = fromServer ? flow.server : flow.client;
  if (endpoint.zeekState === RESET) return;
  if (isPowerOfTen(++endpoint.historyRetransmits)) appendFor(flow, fromServer, LETTER.T);
}

/** The peer acknowledged octets that the server (or client) sent and that were not captured, in `gaps` places. */
export function noteGaps(flow: Flow, fromServer: boolean, gaps: number): void {
  const endpoint = fromServer ? flow.server : flow.client;
  for (let gap = 0; gap < gaps; gap++) {
    if (isPowerOfTen(++endpoint.historyGaps)) appendFor(flow, fromServer, LETTER.G);
  }
}

/** The letters as text. */
export function readHistory(flow: Flow): string {
  let text = "";
  for (let i = 0; i < flow.historyLength; i++) {
    text += String.fromCharCode((flow.u32[flow.at32 + HISTORY_32 + (i >>> 2)]! >>> ((i & 3) * 8)) & 0xff);
  }
  return text;
}
