import { layerOfEthertype } from "./ethertype.js";
import type { FrameCursor } from "./frame-cursor.js";
import { IPV4, IPV6, type Layer } from "./layer.js";
import { readUint32 } from "./octets.js";

/** The address family, 4 octets. https://www.tcpdump.org/linktypes/LINKTYPE_NULL.html */
const LOOPBACK_LENGTH = 4;
const AF_INET = 2;
const ETHERTYPE_MIN = 0x0600;
/** AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, Darwin. */
const AF_INET6 = [10, 24, 28, 30];

/**
 * BSD loopback. NULL stores the family in the byte order of the machine that captured, which the file need not
 * share, LOOP in network order; families are small, so the order shows by itself.
 */
export function decodeLoopback(cursor: FrameCursor): Layer {
  if (!cursor.has(LOOPBACK_LENGTH)) return cursor.drop("loopback header cut");
  const { bytes, at } = cursor;
  const isLittleEndian = bytes[at] !== 0 || bytes[at + 1] !== 0;
  const family = isLittleEndian ? bytes[at]! | (bytes[at + 1]! << 8) : readUint32(bytes, at);
  cursor.at += LOOPBACK_LENGTH;
  if (family === AF_INET) return IPV4;
  if (AF_INET6.includes(family)) return IPV6;
  // Some put an EtherType where the family belongs.
  if (family >= ETHERTYPE_MIN && family <= 0xffff) return layerOfEthertype(cursor, family);
  return cursor.dropNumbered("addressFamily", family);
}

/** A datagram without any link header: its version is its first nibble. */
export function decodeRawIp(cursor: FrameCursor): Layer {
  if (!cursor.has(1)) return cursor.drop("raw ip header cut");
  const version = cursor.bytes[cursor.at]! >> 4;
  if (version === 4) return IPV4;
  return version === 6 ? IPV6 : cursor.dropNumbered("ipVersion", version);
}
