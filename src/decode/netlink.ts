import { enterAttribute } from "./attributes.js";
import type { FrameCursor } from "./frame-cursor.js";
import { type Layer, RAW_IP } from "./layer.js";
import { readUint16, readUint32 } from "./octets.js";

/** https://www.tcpdump.org/linktypes/LINKTYPE_NETLINK.html: as Linux cooked, the protocol is the netlink family. */
const COOKED_LENGTH = 16;
const FAMILY_AT = 14;
const FAMILY_NETFILTER = 12;
/** Length, type, flags, sequence number, port: linux/netlink.h, struct nlmsghdr. */
const MESSAGE_LENGTH = 16;
const TYPE_AT = 4;
/** Family, version, resource: linux/netfilter/nfnetlink.h, struct nfgenmsg. */
const NETFILTER_LENGTH = 4;
/** Subsystem in the high octet, message in the low: a datagram queued for, or logged to, a program. */
const TYPE_QUEUE_PACKET = 0x0300;
const TYPE_LOG_PACKET = 0x0400;
const ATTRIBUTE_QUEUE_PAYLOAD = 10;
const ATTRIBUTE_LOG_PAYLOAD = 9;

/** Netlink, as far as a message carries a datagram: the first message of a frame. */
export function decodeNetlink(cursor: FrameCursor): Layer {
  if (!cursor.has(COOKED_LENGTH + MESSAGE_LENGTH)) return cursor.drop("netlink header cut");
  const { bytes, at } = cursor;
  if (readUint16(bytes, at + FAMILY_AT) !== FAMILY_NETFILTER) return cursor.drop("netlink message");
  cursor.at += COOKED_LENGTH;
  // The byte order is that of the machine that captured: the one in which the length is small.
  const isLittleEndian = readUint32(bytes, cursor.at) > 0xffff;
  const typeAt = cursor.at + TYPE_AT;
  const type = isLittleEndian ? bytes[typeAt]! | (bytes[typeAt + 1]! << 8) : readUint16(bytes, typeAt);
  if (type !== TYPE_QUEUE_PACKET && type !== TYPE_LOG_PACKET) return cursor.drop("netlink message");
  cursor.at += MESSAGE_LENGTH;
  if (!cursor.has(NETFILTER_LENGTH)) return cursor.drop("netlink header cut");
  cursor.at += NETFILTER_LENGTH;
  const attribute = type === TYPE_QUEUE_PACKET ? ATTRIBUTE_QUEUE_PAYLOAD : ATTRIBUTE_LOG_PAYLOAD;
  return enterAttribute(cursor, attribute, isLittleEndian) ? RAW_IP : cursor.drop("netlink message");
}
