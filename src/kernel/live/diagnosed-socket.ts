import type { SocketRow } from "../socket-row.js";
import { tcpInfo } from "../tcp-info.js";
import { LISTEN, TCP_STATES, TCP_TIMERS } from "../tcp-states.js";
import { ATTRIBUTE, lookupRequest, SOCKET_MESSAGE, type SocketId } from "./inet-diag.js";
import { attributesOf, HOST_IS_LITTLE_ENDIAN } from "./netlink-message.js";
import type { SocketTuple } from "./socket-tuple.js";
import { tcpInfoOfOctets } from "./tcp-info-octets.js";

const NS_PER_MS = 1_000_000;
/** TCP_CA_NAME_MAX, with the zero octet. */
const LONGEST_NAME = 16;

/** Asks for one connection's socket, with TCP_INFO and the name of its congestion control. */
export function socketRequest(id: SocketId): Uint8Array<ArrayBuffer> {
  return lookupRequest(id, [ATTRIBUTE.info, ATTRIBUTE.congestionControl]);
}

/**
 * The socket of a connection that a message describes, under the addresses it was asked for: a socket of IPv6 can carry
 * IPv4. Null for anything else, such as the listener that the kernel finds when the connection is gone.
 */
export function parseSocket(payload: DataView, tuple: SocketTuple): SocketRow | null {
  if (payload.byteLength < SOCKET_MESSAGE.lengthBytes) return null;
  const stateNumber = payload.getUint8(SOCKET_MESSAGE.stateAt);
  const state = TCP_STATES[stateNumber];
  if (state === undefined || state === "" || stateNumber === LISTEN) return null;
  if (payload.getUint16(SOCKET_MESSAGE.localPortAt) !== tuple.localPort) return null;
  if (payload.getUint16(SOCKET_MESSAGE.peerPortAt) !== tuple.peerPort) return null;
  const attributes = attributesOf(payload, SOCKET_MESSAGE.lengthBytes);
  const timerNumber = payload.getUint8(SOCKET_MESSAGE.timerAt);
  const timer = timerNumber === 0 ? null : (TCP_TIMERS[timerNumber] ?? "unknown");
  const number = (at: number): number => payload.getUint32(at, HOST_IS_LITTLE_ENDIAN);
  const info = attributes.get(ATTRIBUTE.info);
  return {
    kind: "socket",
    state,
    localAddr: tuple.localAddr,
    localPort: tuple.localPort,
    peerAddr: tuple.peerAddr,
    peerPort: tuple.peerPort,
    receiveQueueBytes: number(SOCKET_MESSAGE.receiveQueueAt),
    sendQueueBytes: number(SOCKET_MESSAGE.sendQueueAt),
    process: null,
    timer,
    timerNs: timer === null ? null : number(SOCKET_MESSAGE.timerMsAt) * NS_PER_MS,
    timeouts: timer === null ? null : payload.getUint8(SOCKET_MESSAGE.timeoutsAt),
    congestionControl: nameIn(attributes.get(ATTRIBUTE.congestionControl)),
    tcpInfo: info === undefined ? tcpInfo({}) : tcpInfoOfOctets(info),
  };
}

function nameIn(value: DataView | undefined): string | null {
  if (value === undefined) return null;
  const octets = new Uint8Array(value.buffer, value.byteOffset, Math.min(value.byteLength, LONGEST_NAME));
  const text = Buffer.from(octets).toString("latin1").replace(/\0.*$/s, "");
  return /^[\w-]+$/.test(text) ? text : null;
}
