import type { FrameCursor } from "./frame-cursor.js";
import { CISCO_HDLC, ETHERNET, IPV4, IPV6, type Layer, PPP } from "./layer.js";

// https://www.endace.com/erf-extensible-record-format-types.pdf: time, type, flags, lengths, lost frames.
const ERF_LENGTH = 16;
const TYPE_AT = 8;
const TYPE_MASK = 0x7f;
/** In the type, and in the first octet of every extension header: another of 8 octets follows. */
const HAS_EXTENSION = 0x80;
const EXTENSION_LENGTH = 8;
/** Before the frame of every Ethernet type. */
const ETHERNET_OFFSET_LENGTH = 2;
const HDLC_TYPES: readonly number[] = [1, 10, 15, 17, 19];
const ETHERNET_TYPES: readonly number[] = [2, 11, 16, 20];
const TYPE_IPV4 = 22;
const TYPE_IPV6 = 23;
/** Addresses of Cisco HDLC; anything else is PPP. */
const CISCO_ADDRESSES: readonly number[] = [0x0f, 0x8f];

/** A record of Endace's cards. */
export function decodeErf(cursor: FrameCursor): Layer {
  if (!cursor.has(ERF_LENGTH)) return cursor.drop("erf header cut");
  const { bytes, at, end } = cursor;
  const typeAndExtension = bytes[at + TYPE_AT]!;
  const type = typeAndExtension & TYPE_MASK;
  let hasExtension = (typeAndExtension & HAS_EXTENSION) !== 0;
  cursor.at += ERF_LENGTH;
  while (hasExtension) {
    if (end - cursor.at < EXTENSION_LENGTH) return cursor.drop("erf header cut");
    hasExtension = (bytes[cursor.at]! & HAS_EXTENSION) !== 0;
    cursor.at += EXTENSION_LENGTH;
  }
  if (ETHERNET_TYPES.includes(type)) {
    if (!cursor.has(ETHERNET_OFFSET_LENGTH)) return cursor.drop("erf header cut");
    cursor.at += ETHERNET_OFFSET_LENGTH;
    return ETHERNET;
  }
  if (type === TYPE_IPV4) return IPV4;
  if (type === TYPE_IPV6) return IPV6;
  if (!HDLC_TYPES.includes(type) || !cursor.has(1)) return cursor.drop("erf payload not understood");
  return CISCO_ADDRESSES.includes(bytes[cursor.at]!) ? CISCO_HDLC : PPP;
}
