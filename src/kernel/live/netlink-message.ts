import { endianness } from "node:os";

/** Numbers of netlink are in the host's byte order. */
export const HOST_IS_LITTLE_ENDIAN = endianness() === "LE";

/** struct nlmsghdr: length, type, flags, sequence, port. */
export const NETLINK_HEADER_BYTES = 16;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
/** struct rtattr: length, type. */
const ATTRIBUTE_HEADER_BYTES = 4;

/** A message's header and what follows it. */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  /** That of the request which is answered; 0 in what was not asked for. */
  readonly sequence: number;
  readonly payload: DataView;
}

/** The messages of one datagram; what claims more than there is ends it. */
export function* netlinkMessages(octets: Uint8Array): IterableIterator<NetlinkMessage> {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  for (let at = 0; at + NETLINK_HEADER_BYTES <= view.byteLength; ) {
    const lengthBytes = view.getUint32(at, HOST_IS_LITTLE_ENDIAN);
    if (lengthBytes < NETLINK_HEADER_BYTES || at + lengthBytes > view.byteLength) return;
    const payload = new DataView(
      octets.buffer,
      octets.byteOffset + at + NETLINK_HEADER_BYTES,
      lengthBytes - NETLINK_HEADER_BYTES,
    );
    yield {
      type: view.getUint16(at + 4, HOST_IS_LITTLE_ENDIAN),
      flags: view.getUint16(at + 6, HOST_IS_LITTLE_ENDIAN),
      sequence: view.getUint32(at + 8, HOST_IS_LITTLE_ENDIAN),
      payload,
    };
    at += aligned(lengthBytes);
  }
}

/** Attributes by type from octet `start` of a payload on; of several of one type the last. */
export function attributesOf(payload: DataView, start: number): ReadonlyMap<number, DataView> {
  const attributes = new Map<number, DataView>();
  for (let at = start; at + ATTRIBUTE_HEADER_BYTES <= payload.byteLength; ) {
    const lengthBytes = payload.getUint16(at, HOST_IS_LITTLE_ENDIAN);
    if (lengthBytes < ATTRIBUTE_HEADER_BYTES || at + lengthBytes > payload.byteLength) break;
    const type = payload.getUint16(at + 2, HOST_IS_LITTLE_ENDIAN) & 0x3fff;
    const begin = payload.byteOffset + at + ATTRIBUTE_HEADER_BYTES;
    attributes.set(type, new DataView(payload.buffer, begin, lengthBytes - ATTRIBUTE_HEADER_BYTES));
    at += aligned(lengthBytes);
  }
  return attributes;
}

function aligned(lengthBytes: number): number {
  return (lengthBytes + 3) & ~3;
}
