import type { FrameCursor } from "./frame-cursor.js";
import { IPV4, type Layer } from "./layer.js";

// Source, destination, on Linux two octets of offset, then the packet type.
// https://www.tcpdump.org/linktypes/LINKTYPE_ARCNET_BSD.html, …/LINKTYPE_ARCNET_LINUX.html
const BSD_TYPE_AT = 2;
const LINUX_TYPE_AT = 4;
/** RFC 1051: the datagram follows at once. */
const TYPE_IP_OLD = 0xf0;
/** RFC 1201: flags, sequence number; both kernels hand over what they have put together. */
const TYPE_IP = 0xd4;
const SPLIT_LENGTH = 3;
/** In place of the flags: padding, the type again and only then the flags. RFC 1201, "Exception packets". */
const EXCEPTION_FLAG = 0xff;
const EXCEPTION_LENGTH = 4;

export function decodeArcnetBsd(cursor: FrameCursor): Layer {
  return decodeArcnet(cursor, BSD_TYPE_AT, true);
}

export function decodeArcnetLinux(cursor: FrameCursor): Layer {
  return decodeArcnet(cursor, LINUX_TYPE_AT, false);
}

function decodeArcnet(cursor: FrameCursor, typeAt: number, hasExceptions: boolean): Layer {
  if (!cursor.has(typeAt + 1)) return cursor.drop("arcnet header cut");
  const type = cursor.bytes[cursor.at + typeAt]!;
  cursor.at += typeAt + 1;
  if (type === TYPE_IP_OLD) return IPV4;
  if (type !== TYPE_IP) return cursor.dropNumbered("arcnet", type);
  const isException = hasExceptions && cursor.has(1) && cursor.bytes[cursor.at] === EXCEPTION_FLAG;
  const length = SPLIT_LENGTH + (isException ? EXCEPTION_LENGTH : 0);
  if (!cursor.has(length)) return cursor.drop("arcnet header cut");
  cursor.at += length;
  return IPV4;
}
