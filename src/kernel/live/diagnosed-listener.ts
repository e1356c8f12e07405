import { formatAddress } from "../../tcp/address.js";
import type { ListenerRow } from "../socket-row.js";
import { LISTEN } from "../tcp-states.js";
import { AF_INET, AF_INET6, ATTRIBUTE, dumpRequest, SOCKET_MESSAGE } from "./inet-diag.js";
import { attributesOf, HOST_IS_LITTLE_ENDIAN } from "./netlink-message.js";

/** Place of the drops in the fields of the attribute `memory` (SK_MEMINFO_DROPS). */
const DROPS_AT = 8 * 4;

/** A listener with what inet_diag tells beyond ss's first columns. */
export interface DiagnosedListener extends ListenerRow {
  readonly userId: number;
  readonly inode: number;
}

/** Asks for all sockets of one family that listen, with their memory. */
export function listenRequest(family: number): Uint8Array<ArrayBuffer> {
  return dumpRequest(family, LISTEN, [ATTRIBUTE.memory]);
}

/** The listener that a message describes; null for anything else. */
export function parseListener(payload: DataView): DiagnosedListener | null {
  if (payload.byteLength < SOCKET_MESSAGE.lengthBytes) return null;
  if (payload.getUint8(SOCKET_MESSAGE.stateAt) !== LISTEN) return null;
  const family = payload.getUint8(SOCKET_MESSAGE.familyAt);
  if (family !== AF_INET && family !== AF_INET6) return null;
  const attributes = attributesOf(payload, SOCKET_MESSAGE.lengthBytes);
  const lengthBytes = family === AF_INET ? 4 : 16;
  const address = new Uint8Array(
    payload.buffer,
    payload.byteOffset + SOCKET_MESSAGE.localAddressAt,
    lengthBytes,
  );
  const memory = attributes.get(ATTRIBUTE.memory);
  const hasDrops = memory !== undefined && memory.byteLength >= DROPS_AT + 4;
  // As ss writes it: a socket of both families that is bound to no address is `*`.
  const only = attributes.get(ATTRIBUTE.isOnlyIpv6);
  const isBoth = only !== undefined && only.byteLength > 0 && only.getUint8(0) === 0;
  const isForAll = family === AF_INET6 && isBoth && address.every((octet) => octet === 0);
  const number = (at: number): number => payload.getUint32(at, HOST_IS_LITTLE_ENDIAN);
  return {
    kind: "listener",
    addr: isForAll ? "*" : formatAddress(address),
    port: payload.getUint16(SOCKET_MESSAGE.localPortAt),
    acceptQueue: number(SOCKET_MESSAGE.receiveQueueAt),
    backlog: number(SOCKET_MESSAGE.sendQueueAt),
    process: null,
    drops: hasDrops ? memory.getUint32(DROPS_AT, HOST_IS_LITTLE_ENDIAN) : null,
    userId: number(SOCKET_MESSAGE.userAt),
    inode: number(SOCKET_MESSAGE.inodeAt),
  };
}
