import { enterAttribute } from "./attributes.js";
import type { FrameCursor } from "./frame-cursor.js";
import { IPV4, IPV6, type Layer, RAW_IP } from "./layer.js";

/** Address family, version, resource; attributes follow. https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html */
const NFLOG_LENGTH = 4;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_BRIDGE = 7;
/** NFULA_PAYLOAD of linux/netfilter/nfnetlink_log.h. */
const ATTRIBUTE_PAYLOAD = 9;

/** What Linux's firewall logs: a datagram, whose version tells what the family leaves open for a bridge. */
export function decodeNflog(cursor: FrameCursor): Layer {
  if (!cursor.has(NFLOG_LENGTH + 2)) return cursor.drop("nflog header cut");
  const { bytes, at } = cursor;
  const family = bytes[at]!;
  cursor.at += NFLOG_LENGTH;
  // Of the first length, below 256 or so, one octet is 0: it shows the byte order, which the file does not tell.
  const isLittleEndian = bytes[cursor.at] !== 0;
  if (!enterAttribute(cursor, ATTRIBUTE_PAYLOAD, isLittleEndian)) return cursor.drop("nflog without payload");
  if (family === AF_INET) return IPV4;
  if (family === AF_INET6) return IPV6;
  return family === AF_BRIDGE ? RAW_IP : cursor.dropNumbered("addressFamily", family);
}
