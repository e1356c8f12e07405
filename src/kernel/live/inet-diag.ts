import { formatAddress } from "../../tcp/address.js";
import type { ListenerRow } from "../socket-row.js";
import { attributesOf, HOST_IS_LITTLE_ENDIAN, NETLINK_HEADER_BYTES } from "./netlink-message.js";

/** linux/sock_diag.h: SOCK_DIAG_BY_FAMILY. */
export const SOCK_DIAG_BY_FAMILY = 20;
const REQUEST_AND_DUMP = 0x301;
const IPPROTO_TCP = 6;
const LISTEN = 10;
export const AF_INET = 2;
export const AF_INET6 = 10;
/** struct inet_diag_msg of linux/inet_diag.h; ports and addresses in network order. */
const MESSAGE = {
  familyAt: 0,
  stateAt: 1,
  localPortAt: 4,
  localAddressAt: 8,
  receiveQueueAt: 56,
  sendQueueAt: 60,
  userAt: 64,
  inodeAt: 68,
  lengthBytes: 72,
} as const;
/** struct inet_diag_req_v2. */
const REQUEST = { familyAt: 0, protocolAt: 1, extensionsAt: 2, statesAt: 4, lengthBytes: 56 } as const;
/** Attributes, and the place of the drops in the fields of SKMEMINFO. */
const SKMEMINFO = 7;
const SKV6ONLY = 11;
const DROPS_AT = 8 * 4;

/** A listener with what inet_diag tells beyond ss's first columns. */
export interface DiagnosedListener extends ListenerRow {
  readonly userId: number;
  readonly inode: number;
}

/** Asks for all sockets of one family that listen, with their memory. */
export function listenRequest(family: number): Uint8Array {
  const message = new Uint8Array(NETLINK_HEADER_BYTES + REQUEST.lengthBytes);
  const view = new DataView(message.buffer);
  view.setUint32(0, message.length, HOST_IS_LITTLE_ENDIAN);
  view.setUint16(4, SOCK_DIAG_BY_FAMILY, HOST_IS_LITTLE_ENDIAN);
  view.setUint16(6, REQUEST_AND_DUMP, HOST_IS_LITTLE_ENDIAN);
  view.setUint8(NETLINK_HEADER_BYTES + REQUEST.familyAt, family);
  view.setUint8(NETLINK_HEADER_BYTES + REQUEST.protocolAt, IPPROTO_TCP);
  view.setUint8(NETLINK_HEADER_BYTES + REQUEST.extensionsAt, 1 << (SKMEMINFO - 1));
  view.setUint32(NETLINK_HEADER_BYTES + REQUEST.statesAt, 1 << LISTEN, HOST_IS_LITTLE_ENDIAN);
  return message;
}

/** The listener that a message describes; null for anything else. */
export function parseListener(payload: DataView): DiagnosedListener | null {
  if (payload.byteLength < MESSAGE.lengthBytes || payload.getUint8(MESSAGE.stateAt) !== LISTEN) return null;
  const family = payload.getUint8(MESSAGE.familyAt);
  if (family !== AF_INET && family !== AF_INET6) return null;
  const attributes = attributesOf(payload, MESSAGE.lengthBytes);
  const lengthBytes = family === AF_INET ? 4 : 16;
  const address = new Uint8Array(payload.buffer, payload.byteOffset + MESSAGE.localAddressAt, lengthBytes);
  const memory = attributes.get(SKMEMINFO);
  const hasDrops = memory !== undefined && memory.byteLength >= DROPS_AT + 4;
  // As ss writes it: a socket of both families that is bound to no address is `*`.
  const only = attributes.get(SKV6ONLY);
  const isBoth = only !== undefined && only.byteLength > 0 && only.getUint8(0) === 0;
  const isForAll = family === AF_INET6 && isBoth && address.every((octet) => octet === 0);
  return {
    kind: "listener",
    addr: isForAll ? "*" : formatAddress(address),
    port: payload.getUint16(MESSAGE.localPortAt),
    acceptQueue: payload.getUint32(MESSAGE.receiveQueueAt, HOST_IS_LITTLE_ENDIAN),
    backlog: payload.getUint32(MESSAGE.sendQueueAt, HOST_IS_LITTLE_ENDIAN),
    process: null,
    drops: hasDrops ? memory.getUint32(DROPS_AT, HOST_IS_LITTLE_ENDIAN) : null,
    userId: payload.getUint32(MESSAGE.userAt, HOST_IS_LITTLE_ENDIAN),
    inode: payload.getUint32(MESSAGE.inodeAt, HOST_IS_LITTLE_ENDIAN),
  };
}
