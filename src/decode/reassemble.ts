import type { FrameCursor } from "./frame-cursor.js";
import { readUint16 } from "./octets.js";

/** A fragment as its header describes it. */
export interface FragmentHeader {
  readonly identification: number;
  readonly protocol: number;
  /** Octets of the datagram's payload before the fragment's, 0 to 65528. */
  readonly offset: number;
  readonly isLast: boolean;
}

/** Source and destination: where they begin in the IP header, and the octets of both. */
const IPV4_ADDRESSES = { at: 12, lengthBytes: 8 } as const;
const IPV6_ADDRESSES = { at: 8, lengthBytes: 32 } as const;

/**
 * Holds the fragment whose payload goes from the cursor to `cursor.end`, all of it, until the others have come. True
 * when it was the last one missing: the cursor then stands at the datagram's payload, which lies whole behind the
 * frames' octets, and before it the headers that this fragment had. RFC 791, section 3.2; RFC 8200, section 4.5.
 */
export function reassemble(cursor: FrameCursor, header: FragmentHeader): boolean {
  const { bytes, ipAt, at, end } = cursor;
  const payload = Uint8Array.prototype.slice.call(bytes, at, end);
  const key = keyOf(cursor, header);
  const datagram = cursor.fragments.add(key, header.offset, payload, header.isLast, cursor.timeNs);
  if (datagram === undefined) return false;
  const headersLength = at - ipAt;
  const copyAt = cursor.append(headersLength + datagram.lengthBytes);
  cursor.bytes.copyWithin(copyAt, ipAt, at);
  datagram.copyTo(cursor.bytes, copyAt + headersLength);
  cursor.ipAt = copyAt;
  cursor.moveTo(copyAt + headersLength, datagram.lengthBytes);
  return true;
}

/** What tells datagrams apart, and the encapsulation, as it tells flows apart. */
function keyOf(cursor: FrameCursor, { identification, protocol }: FragmentHeader): string {
  const { at, lengthBytes } = cursor.ipVersion === 4 ? IPV4_ADDRESSES : IPV6_ADDRESSES;
  const start = cursor.ipAt + at;
  let key = String.fromCharCode(
    cursor.encapsulation,
    protocol,
    identification >>> 16,
    identification & 0xffff,
  );
  for (let octet = 0; octet < lengthBytes; octet += 2)
    key += String.fromCharCode(readUint16(cursor.bytes, start + octet));
  return key;
}
