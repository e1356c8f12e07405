import { PPPOE_SESSION } from "./encapsulations.js";
import type { FrameCursor } from "./frame-cursor.js";
import { CISCO_HDLC, IPV4, IPV6, type Layer, MPLS, PPP } from "./layer.js";
import { readUint16 } from "./octets.js";

// Numbers: https://www.iana.org/assignments/ppp-numbers
const PROTOCOL_IPV4 = 0x0021;
const PROTOCOL_IPV6 = 0x0057;
const PROTOCOL_MPLS = 0x0281;
const PROTOCOL_MPLS_MULTICAST = 0x0283;

/** RFC 1990, section 3: flags and sequence number; a whole frame is the first fragment and the last. */
const PROTOCOL_MULTILINK = 0x003d;
const MULTILINK_LENGTH = 4;
const MULTILINK_WHOLE = 0xc0;

/** "All stations" and "unnumbered information", RFC 1662, section 3.1. */
const HDLC_ADDRESS_CONTROL = 0xff03;
/** Addresses of Cisco HDLC, which LINKTYPE_PPP and LINKTYPE_PPP_HDLC may hold instead. */
const CISCO_UNICAST = 0x0f;
const CISCO_MULTICAST = 0x8f;

/** PPP from its protocol field on, RFC 1661, section 2; the HDLC address and control before it may be left out. */
export function decodePpp(cursor: FrameCursor): Layer {
  if (cursor.has(2) && readUint16(cursor.bytes, cursor.at) === HDLC_ADDRESS_CONTROL) cursor.at += 2;
  if (!cursor.has(1)) return cursor.drop("ppp header cut");
  let protocol = cursor.bytes[cursor.at]!;
  // The last octet of the field is odd, all before it even: an odd first one is a compressed field (section 6.5).
  if ((protocol & 1) === 1) cursor.at += 1;
  else {
    if (!cursor.has(2)) return cursor.drop("ppp header cut");
    protocol = readUint16(cursor.bytes, cursor.at);
    cursor.at += 2;
  }
  switch (protocol) {
    case PROTOCOL_IPV4:
      return IPV4;
    case PROTOCOL_IPV6:
      return IPV6;
    case PROTOCOL_MPLS:
    case PROTOCOL_MPLS_MULTICAST:
      return MPLS;
    case PROTOCOL_MULTILINK:
      return enterMultilink(cursor);
    default:
      return cursor.dropNumbered("pppProtocol", protocol);
  }
}

function enterMultilink(cursor: FrameCursor): Layer {
  if (!cursor.has(MULTILINK_LENGTH)) return cursor.drop("ppp header cut");
  const isWhole = (cursor.bytes[cursor.at]! & MULTILINK_WHOLE) === MULTILINK_WHOLE;
  if (!isWhole) return cursor.drop("ppp multilink fragment");
  cursor.at += MULTILINK_LENGTH;
  return PPP;
}

/** https://www.tcpdump.org/linktypes/LINKTYPE_PPP_WITH_DIR.html: one octet tells the direction. */
export function decodePppWithDirection(cursor: FrameCursor): Layer {
  if (!cursor.has(1)) return cursor.drop("ppp header cut");
  cursor.at++;
  return PPP;
}

/** PPP, in HDLC-like framing or not, or Cisco HDLC. https://www.tcpdump.org/linktypes/LINKTYPE_PPP_HDLC.html */
export function decodePppHdlc(cursor: FrameCursor): Layer {
  if (!cursor.has(1)) return cursor.drop("ppp header cut");
  const address = cursor.bytes[cursor.at]!;
  return address === CISCO_UNICAST || address === CISCO_MULTICAST ? CISCO_HDLC : PPP;
}

/** RFC 2516, section 4. */
const PPPOE_VERSION_AND_TYPE = 0x11;
const PPPOE_SESSION_AT = 2;
const PPPOE_PAYLOAD_LENGTH_AT = 4;
const PPPOE_LENGTH = 6;

/** The session stage of PPPoE. */
export function decodePppoe(cursor: FrameCursor): Layer {
  if (!cursor.has(PPPOE_LENGTH)) return cursor.drop("pppoe header cut");
  const { bytes, at } = cursor;
  if (bytes[at] !== PPPOE_VERSION_AND_TYPE || bytes[at + 1] !== 0) return cursor.drop("pppoe header invalid");
  cursor.enter(PPPOE_SESSION, readUint16(bytes, at + PPPOE_SESSION_AT));
  cursor.at += PPPOE_LENGTH;
  cursor.limit(cursor.at + readUint16(bytes, at + PPPOE_PAYLOAD_LENGTH_AT));
  return PPP;
}
