import { isCommonEthertype, layerOfEthertype } from "./ethertype.js";
import type { FrameCursor } from "./frame-cursor.js";
import { IPV4, IPV6, type Layer, PPP } from "./layer.js";
import { decodeSnap } from "./llc.js";
import { readUint16 } from "./octets.js";

/** Address, control, EtherType. https://www.tcpdump.org/linktypes/LINKTYPE_C_HDLC.html */
const CISCO_HDLC_TYPE_AT = 2;
const CISCO_HDLC_LENGTH = 4;

export function decodeCiscoHdlc(cursor: FrameCursor): Layer {
  if (!cursor.has(CISCO_HDLC_LENGTH)) return cursor.drop("cisco hdlc header cut");
  const type = readUint16(cursor.bytes, cursor.at + CISCO_HDLC_TYPE_AT);
  cursor.at += CISCO_HDLC_LENGTH;
  return layerOfEthertype(cursor, type);
}

/** The low bit of the last address octet, Q.922, section 3.3.1. */
const ADDRESS_END = 0x01;
const ADDRESS_LENGTH_MAX = 4;
/** Unnumbered information, then a network layer protocol identifier, RFC 2427, section 3. */
const CONTROL_UNNUMBERED = 0x03;
const NLPID_PADDING = 0x00;
const NLPID_SNAP = 0x80;
const NLPID_IPV6 = 0x8e;
const NLPID_IPV4 = 0xcc;
const NLPID_PPP = 0xcf;

/** Frame Relay with RFC 2427 or Cisco encapsulation. */
export function decodeFrameRelay(cursor: FrameCursor): Layer {
  const { bytes, at } = cursor;
  let length = 0;
  do {
    if (length === ADDRESS_LENGTH_MAX) return cursor.drop("frame relay payload not understood");
    if (!cursor.has(length + 1)) return cursor.drop("frame relay header cut");
    length++;
  } while ((bytes[at + length - 1]! & ADDRESS_END) === 0);
  cursor.at += length;
  if (!cursor.has(2)) return cursor.drop("frame relay header cut");
  const type = readUint16(bytes, cursor.at);
  cursor.at += 2;
  if (isCommonEthertype(type)) return layerOfEthertype(cursor, type);
  if (type >> 8 !== CONTROL_UNNUMBERED) return cursor.drop("frame relay payload not understood");
  let protocol = type & 0xff;
  if (protocol === NLPID_PADDING) {
    if (!cursor.has(1)) return cursor.drop("frame relay header cut");
    protocol = bytes[cursor.at]!;
    cursor.at++;
  }
  if (protocol === NLPID_IPV4) return IPV4;
  if (protocol === NLPID_IPV6) return IPV6;
  if (protocol === NLPID_PPP) return PPP;
  return protocol === NLPID_SNAP ? decodeSnap(cursor) : cursor.drop("frame relay payload not understood");
}
