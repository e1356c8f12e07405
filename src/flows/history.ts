import { ACK, FIN, RST, SYN } from "../tcp/flags.js";
import { CLOSED, RESET } from "./connection-state.js";
import { type Flow, HISTORY_32 } from "./flow.js";

/**
 * Zeek's `history`: a letter for each kind of event, upper case for the client's, lower case for the server's, in
 * the order of their first occurrence. s SYN, h SYN-ACK, a pure ACK, d payload, f FIN, r RST, g gap, t payload
 * sent again, w zero window, i FIN with RST, q SYN with FIN or RST, ^ the server was seen first. a, d, i and q
 * occur once for each side; f and r again when their sequence number differs, h and s so after the side's FIN or RST
 * only (before that another ISN starts its numbers anew); g, t and w at their 1st, 10th, 100th … time.
 * Never written: c (bad checksum; offloading makes them normal) and x (Zeek's analyzers).
 */
const MAX_LETTERS = 32;

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

/** Payload at or below what the endpoint had sent before. */
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
