import { ACK, FIN, RST, SYN } from "../tcp/flags.js";
import type { Endpoint } from "./endpoint.js";
import type { Flow } from "./flow.js";

/**
 * Zeek's view of a connection: an observer's state per endpoint, and the `conn_state` code made of both. Meant to
 * equal Zeek's to the letter, with one difference: no timer ends a connection here. "Originator" is the client.
 */
export const INACTIVE = 0;
export const SYN_SENT = 1;
/** The first thing seen of the originator was a SYN-ACK. */
export const SYN_ACK_SENT = 2;
/** Segments without a SYN: the capture began in mid-connection. */
export const PARTIAL = 3;
export const ESTABLISHED = 4;
/** Sent a FIN. */
export const CLOSED = 5;
/** Sent a RST. */
export const RESET = 6;

/** Zeek's conn_state codes. */
export type ConnectionState =
  | "S0"
  | "S1"
  | "S2"
  | "S3"
  | "SF"
  | "REJ"
  | "RSTO"
  | "RSTR"
  | "RSTOS0"
  | "RSTRH"
  | "SH"
  | "SHR"
  | "OTH";

/** What the state machine keeps of each end. */
export interface ZeekEnd {
  zeekState: number;
  zeekPreviousState: number;
}

export interface ZeekEnds {
  readonly client: ZeekEnd;
  readonly server: ZeekEnd;
}

function setState(endpoint: ZeekEnd, state: number): void {
  if (endpoint.zeekState === state) return;
  endpoint.zeekPreviousState = endpoint.zeekState;
  endpoint.zeekState = state;
}

/** Moves the state machine by one segment; `payloadLength` in octets. */
export function advanceConnectionState(
  flow: ZeekEnds,
  fromServer: boolean,
  flags: number,
  payloadLength: number,
): void {
  const endpoint = fromServer ? flow.server : flow.client;
  const peer = fromServer ? flow.client : flow.server;
  switch (endpoint.zeekState) {
    case INACTIVE:
      fromInactive(endpoint, peer, fromServer, flags, payloadLength);
      break;
    case SYN_SENT:
    case SYN_ACK_SENT:
      if (flags & FIN) setState(endpoint, CLOSED);
      if (flags & RST) setState(endpoint, RESET);
      break;
    case ESTABLISHED:
    case PARTIAL:
      if (flags & (SYN | FIN | RST)) fromEstablished(endpoint, peer, flags);
      break;
    case CLOSED:
      // After both FINs a RST changes nothing: the exchange was complete.
      if (flags & RST && peer.zeekState !== CLOSED) setState(endpoint, RESET);
      break;
  }
}

function fromInactive(
  endpoint: ZeekEnd,
  peer: ZeekEnd,
  fromServer: boolean,
  flags: number,
  payloadLength: number,
): void {
  if (flags & SYN) {
    if (fromServer) {
      if (peer.zeekState === SYN_SENT) setState(peer, ESTABLISHED);
      setState(endpoint, ESTABLISHED);
    } else {
      setState(endpoint, flags & ACK ? SYN_ACK_SENT : SYN_SENT);
    }
  }
  if (flags & FIN) setState(endpoint, CLOSED);
  if (flags & RST) setState(endpoint, RESET);
  if (endpoint.zeekState !== INACTIVE) return;

  // Some stacks acknowledge a SYN before they answer it; that alone makes no partial connection.
  if (fromServer && payloadLength === 0 && peer.zeekState === SYN_SENT) return;
  setState(endpoint, flags & ACK && peer.zeekState === ESTABLISHED ? ESTABLISHED : PARTIAL);
}

function fromEstablished(endpoint: ZeekEnd, peer: ZeekEnd, flags: number): void {
  if (flags & SYN && !(flags & ACK) && endpoint.zeekState === PARTIAL && peer.zeekState === INACTIVE) {
    setState(endpoint, SYN_SENT);
  }
  if (flags & FIN && !(flags & RST)) {
    setState(endpoint, CLOSED);
    // The peer sent FIN, then RST: with this FIN it was a normal end after all.
    if (peer.zeekState === RESET && peer.zeekPreviousState === CLOSED) setState(peer, CLOSED);
  }
  if (flags & RST) setState(endpoint, RESET);
}

/**
 * Zeek's size of an endpoint: octets sent as far as its own and its peer's numbers tell, without SYN and FIN; 0 while
 * nothing of it was seen. Unlike `payloadBytes` it counts repetitions once and includes what was not captured.
 */
export function sizeBytes(endpoint: Endpoint, peer: Endpoint): number {
  if (endpoint.zeekState === INACTIVE) return 0;
  const end = Math.max(endpoint.nextSeq, peer.ackedTo);
  return Math.max(0, end - 1 - (endpoint.finFrame > 0 ? 1 : 0));
}

/** Zeek's conn_state of a flow; `history` is the flow's history in Zeek's letters. */
export function connectionState(flow: Flow, history: string): ConnectionState {
  const { client, server } = flow;
  const originator = client.zeekState;
  const responder = server.zeekState;
  const isOriginatorSilent = originator === INACTIVE || originator === PARTIAL;
  const isResponderSilent = responder === INACTIVE || responder === PARTIAL;

  if (responder === RESET) {
    if (originator === SYN_SENT || originator === SYN_ACK_SENT) return "REJ";
    if (originator === RESET && sizeBytes(client, server) === 0 && sizeBytes(server, client) === 0)
      return "REJ";
    return isOriginatorSilent ? "RSTRH" : "RSTR";
  }
  if (originator === RESET) {
    if (!isResponderSilent) return "RSTO";
    return /^\^?S[^HAFGIQ]*R/.test(history) ? "RSTOS0" : "OTH";
  }
  if (originator === CLOSED && responder === CLOSED) return "SF";
  if (originator === CLOSED) return isResponderSilent ? "SH" : "S2";
  if (responder === CLOSED) return isOriginatorSilent ? "SHR" : "S3";
  if (originator === SYN_SENT && responder === INACTIVE) return "S0";
  if (originator === ESTABLISHED && responder === ESTABLISHED) return "S1";
  return "OTH";
}
