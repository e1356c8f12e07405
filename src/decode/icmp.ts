import type { FrameCursor } from "./frame-cursor.js";
import type { IcmpError } from "./icmp-error.js";
import { PROTOCOL_TCP } from "./ip-protocol.js";
import { IPV4_HEADER_LENGTH_MIN } from "./ipv4.js";
import { IPV6_HEADER_LENGTH } from "./ipv6.js";
import { readUint16, readUint32 } from "./octets.js";

/** Type, code, checksum and 4 octets that depend on the type; the quoted datagram follows. */
const ICMP_HEADER_LENGTH = 8;
const MTU_AT = 4;

// Types of errors: RFC 792; RFC 4443, section 2.1.
const ICMP_ERRORS: readonly number[] = [3, 4, 5, 11, 12];
const UNREACHABLE = 3;
const FRAGMENTATION_NEEDED = 4;
const ICMPV6_ERRORS: readonly number[] = [1, 2, 3, 4];
const PACKET_TOO_BIG = 2;

/** Of the quoted TCP header only the ports and the sequence number are sure to be there. */
const QUOTED_TCP_LENGTH = 8;

interface Layout {
  readonly sourceAt: number;
  readonly destinationAt: number;
  readonly addressLength: number;
}
const IPV4_LAYOUT: Layout = { sourceAt: 12, destinationAt: 16, addressLength: 4 };
const IPV6_LAYOUT: Layout = { sourceAt: 8, destinationAt: 24, addressLength: 16 };

/** What an error says without its place in the capture. */
export type IcmpErrorContent = Omit<IcmpError, "row" | "frame" | "timeNs">;

/** The error in an ICMP message; undefined when the frame was counted instead. */
export function decodeIcmp(cursor: FrameCursor): IcmpErrorContent | undefined {
  if (!cursor.has(ICMP_HEADER_LENGTH)) {
    cursor.drop("icmp header cut");
    return undefined;
  }
  const { bytes, at } = cursor;
  if (!ICMP_ERRORS.includes(bytes[at]!)) {
    cursor.drop("icmp");
    return undefined;
  }
  const isTooBig = bytes[at] === UNREACHABLE && bytes[at + 1] === FRAGMENTATION_NEEDED;
  const mtu = isTooBig ? readUint16(bytes, at + MTU_AT + 2) : null;
  return readError(cursor, IPV4_LAYOUT, findTcpInIpv4(cursor, at + ICMP_HEADER_LENGTH), mtu);
}

/** The same for ICMPv6. */
export function decodeIcmpv6(cursor: FrameCursor): IcmpErrorContent | undefined {
  if (!cursor.has(ICMP_HEADER_LENGTH)) {
    cursor.drop("icmp header cut");
    return undefined;
  }
  const { bytes, at } = cursor;
  if (!ICMPV6_ERRORS.includes(bytes[at]!)) {
    cursor.drop("icmpv6");
    return undefined;
  }
  const mtu = bytes[at] === PACKET_TOO_BIG ? readUint32(bytes, at + MTU_AT) : null;
  return readError(cursor, IPV6_LAYOUT, findTcpInIpv6(cursor, at + ICMP_HEADER_LENGTH), mtu);
}

/** Offset of the TCP header in the datagram quoted at `ipAt`; -1 when there is none. */
function findTcpInIpv4(cursor: FrameCursor, ipAt: number): number {
  const { bytes, end } = cursor;
  if (end - ipAt < IPV4_HEADER_LENGTH_MIN || bytes[ipAt]! >> 4 !== 4) return -1;
  const headerLength = (bytes[ipAt]! & 0x0f) * 4;
  const isLaterFragment = (readUint16(bytes, ipAt + 6) & 0x1fff) !== 0;
  if (headerLength < IPV4_HEADER_LENGTH_MIN || isLaterFragment || bytes[ipAt + 9] !== PROTOCOL_TCP) return -1;
  return ipAt + headerLength;
}

function findTcpInIpv6(cursor: FrameCursor, ipAt: number): number {
  const { bytes, end, extensionHeaders } = cursor;
  if (end - ipAt < IPV6_HEADER_LENGTH || bytes[ipAt]! >> 4 !== 6) return -1;
  let result = extensionHeaders.walk(bytes, bytes[ipAt + 6]!, ipAt + IPV6_HEADER_LENGTH, end);
  if (result === "fragment" && extensionHeaders.fragmentOffset === 0)
    result = extensionHeaders.walk(bytes, extensionHeaders.protocol, extensionHeaders.at, end);
  return result === "protocol" && extensionHeaders.protocol === PROTOCOL_TCP ? extensionHeaders.at : -1;
}

function readError(
  cursor: FrameCursor,
  layout: Layout,
  tcpAt: number,
  mtu: number | null,
): IcmpErrorContent | undefined {
  const { bytes, at, end, ipAt, ipVersion, encapsulation } = cursor;
  if (tcpAt < 0 || end - tcpAt < QUOTED_TCP_LENGTH) {
    cursor.drop("icmp error without tcp header");
    return undefined;
  }
  const quotedAt = at + ICMP_HEADER_LENGTH;
  return {
    ipVersion,
    type: bytes[at]!,
    code: bytes[at + 1]!,
    mtu,
    reporter: copyOctets(bytes, ipAt + layout.sourceAt, layout.addressLength),
    quotedSource: copyOctets(bytes, quotedAt + layout.sourceAt, layout.addressLength),
    quotedDestination: copyOctets(bytes, quotedAt + layout.destinationAt, layout.addressLength),
    quotedSourcePort: readUint16(bytes, tcpAt),
    quotedDestinationPort: readUint16(bytes, tcpAt + 2),
    quotedSeq: readUint32(bytes, tcpAt + 4),
    encapsulation,
  };
}

function copyOctets(bytes: Uint8Array, at: number, lengthBytes: number): Uint8Array {
  // Not Buffer.prototype.slice, which a Buffer would use here: that one shares the chunk.
  return Uint8Array.prototype.slice.call(bytes, at, at + lengthBytes);
}
