import { type Flow, HAS_HANDSHAKE_ACK, HAS_PROGRESS } from "../flows/flow.js";
import { firstAfter } from "./first-after.js";

/**
 * When the client sent what completed the connection for the server, nanoseconds since the capture's origin: the handshake's ACK, or
 * the repetition of its first data that was accepted at last. Null where nothing tells that the server holds it.
 */
export function acceptedAtNs(flow: Flow): number | null {
  const hasProgress = (flow.facts & HAS_PROGRESS) !== 0;
  if (flow.firstDataRepeats > 0) return hasProgress ? flow.firstDataLastRepeatNs : null;
  if (flow.repeats > 0) return hasProgress ? flow.progressNs : null;
  return flow.facts & HAS_HANDSHAKE_ACK ? flow.handshakeAckNs : null;
}

/**
 * Another connection was completed between a SYN that was answered, at `synNs`, and the ACK that completes its handshake, at `ackNs`. A
 * listener whose accept queue is full answers no SYN (Linux since 4.10: tcp_conn_request), so it had room for this one; when
 * there is none for the ACK, somebody else has taken it meanwhile. Both came from clients, so that the order in which they
 * passed the capture is that of their arrival.
 */
export function wasPlaceTaken(acceptedNs: readonly number[], synNs: number, ackNs: number): boolean {
  const next = firstAfter(acceptedNs, synNs);
  return next !== undefined && next <= ackNs;
}
