import { HOST_IS_LITTLE_ENDIAN, NETLINK_HEADER_BYTES } from "./netlink-message.js";

/** linux/sock_diag.h: SOCK_DIAG_BY_FAMILY. */
export const SOCK_DIAG_BY_FAMILY = 20;
export const AF_INET = 2;
export const AF_INET6 = 10;
const NLM_F_REQUEST = 1;
const NLM_F_DUMP = 0x300;
const IPPROTO_TCP = 6;
/** struct inet_diag_req_v2 of linux/inet_diag.h, with its inet_diag_sockid; ports and addresses in network order. */
const REQUEST = {
  familyAt: 0,
  protocolAt: 1,
  extensionsAt: 2,
  statesAt: 4,
  localPortAt: 8,
  peerPortAt: 10,
  localAddressAt: 12,
  peerAddressAt: 28,
  interfaceAt: 44,
  cookieAt: 48,
  lengthBytes: 56,
} as const;
/** struct inet_diag_msg. */
export const SOCKET_MESSAGE = {
  familyAt: 0,
  stateAt: 1,
  timerAt: 2,
  timeoutsAt: 3,
  localPortAt: 4,
  peerPortAt: 6,
  localAddressAt: 8,
  timerMsAt: 52,
  receiveQueueAt: 56,
  sendQueueAt: 60,
  userAt: 64,
  inodeAt: 68,
  lengthBytes: 72,
} as const;
/** Attributes, enum INET_DIAG_*; those that can be asked for have a bit each, from 1 on. */
export const ATTRIBUTE = { info: 2, congestionControl: 4, memory: 7, isOnlyIpv6: 11 } as const;

/** A connection's ends in octets. */
export interface SocketId {
  readonly localAddress: Uint8Array;
  readonly localPort: number;
  readonly peerAddress: Uint8Array;
  readonly peerPort: number;
  /** Index of the device that the socket is bound to; 0 finds what is bound to none. */
  readonly interfaceIndex: number;
}

/** Asks for all sockets of one family in one state. */
export function dumpRequest(
  family: number,
  state: number,
  attributes: readonly number[],
): Uint8Array<ArrayBuffer> {
  const { message, view } = request(NLM_F_REQUEST | NLM_F_DUMP, family, attributes);
  view.setUint32(REQUEST.statesAt, 1 << state, HOST_IS_LITTLE_ENDIAN);
  return message;
}

/** Asks for one socket, which the kernel finds by its hash (inet_diag_find_one_icsk). Both addresses have one length. */
export function lookupRequest(id: SocketId, attributes: readonly number[]): Uint8Array<ArrayBuffer> {
  const family = id.localAddress.length === 4 ? AF_INET : AF_INET6;
  const { message, view } = request(NLM_F_REQUEST, family, attributes);
  view.setUint32(REQUEST.statesAt, 0xffffffff, HOST_IS_LITTLE_ENDIAN);
  view.setUint16(REQUEST.localPortAt, id.localPort);
  view.setUint16(REQUEST.peerPortAt, id.peerPort);
  message.set(id.localAddress, NETLINK_HEADER_BYTES + REQUEST.localAddressAt);
  message.set(id.peerAddress, NETLINK_HEADER_BYTES + REQUEST.peerAddressAt);
  view.setUint32(REQUEST.interfaceAt, id.interfaceIndex, HOST_IS_LITTLE_ENDIAN);
  // INET_DIAG_NOCOOKIE: whichever socket it is.
  view.setBigUint64(REQUEST.cookieAt, 0xffff_ffff_ffff_ffffn);
  return message;
}

function request(
  flags: number,
  family: number,
  attributes: readonly number[],
): { readonly message: Uint8Array<ArrayBuffer>; readonly view: DataView } {
  const message = new Uint8Array(NETLINK_HEADER_BYTES + REQUEST.lengthBytes);
  const header = new DataView(message.buffer);
  header.setUint32(0, message.length, HOST_IS_LITTLE_ENDIAN);
  header.setUint16(4, SOCK_DIAG_BY_FAMILY, HOST_IS_LITTLE_ENDIAN);
  header.setUint16(6, flags, HOST_IS_LITTLE_ENDIAN);
  const view = new DataView(message.buffer, NETLINK_HEADER_BYTES);
  view.setUint8(REQUEST.familyAt, family);
  view.setUint8(REQUEST.protocolAt, IPPROTO_TCP);
  view.setUint8(
    REQUEST.extensionsAt,
    attributes.reduce((bits, attribute) => bits | (1 << (attribute - 1)), 0),
  );
  return { message, view };
}
