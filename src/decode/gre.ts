import {
  EOIP_TUNNEL,
  ERSPAN_SESSION,
  GRE_KEY,
  GRE_TUNNEL,
  NVGRE_SUBNET,
  PPTP_TUNNEL,
} from "./encapsulations.js";
import { layerOfEthertype } from "./ethertype.js";
import type { FrameCursor } from "./frame-cursor.js";
import { ERSPAN, ETHERNET, FRAME_RELAY, IEEE802_11, IPV4, type Layer, PPP, RAW_IP } from "./layer.js";
import { readUint16, readUint32 } from "./octets.js";

// RFC 2784, section 2, and RFC 2890, section 2.
const GRE_LENGTH_MIN = 4;
const FIELD_LENGTH = 4;
const HAS_CHECKSUM = 0x8000;
const HAS_ROUTING = 0x4000;
const HAS_KEY = 0x2000;
const HAS_SEQUENCE = 0x1000;
/** Of version 1 only: RFC 2637, section 4.1. */
const HAS_ACKNOWLEDGMENT = 0x0080;
const VERSION_MASK = 0x0007;

const TYPE_ETHERNET = 0x6558;
const TYPE_ERSPAN_2 = 0x88be;
const TYPE_ERSPAN_3 = 0x22eb;
/** WCCP: version 2 puts 4 octets before the datagram, version 1 none. */
const TYPE_WCCP = 0x883e;
const WCCP_LENGTH = 4;
/** Aruba's access points: a wireless frame, the type's second nibbles say of which network. */
const TYPE_WIRELESS_FIRST = 0x8200;
const TYPE_WIRELESS_LAST = 0x8370;
const TYPE_FRAME_RELAY = 0x6559;
/** What version 1 carries by RFC 2637, section 4.1. */
const TYPE_PPP = 0x880b;
/** MikroTik's EoIP, which takes version 1 for a payload length and the tunnel's id, the latter in little-endian order. */
const TYPE_EOIP = 0x6400;

/**
 * NVGRE (RFC 7637, section 3.2) is GRE with a key and Ethernet inside: 24 bits of subnet, 4096 at least, then 8 bits
 * that differ from flow to flow and so between directions.
 */
const NVGRE_SUBNET_MIN = 0x1000;

export function decodeGre(cursor: FrameCursor): Layer {
  if (!cursor.has(GRE_LENGTH_MIN)) return cursor.drop("gre header cut");
  const flags = readUint16(cursor.bytes, cursor.at);
  const version = flags & VERSION_MASK;
  if (version > 1) return cursor.drop("gre version not supported");
  const type = readUint16(cursor.bytes, cursor.at + 2);
  if (version === 1 && type === TYPE_PPP) return decodePptp(cursor, flags);
  const isEoip = version === 1 && type === TYPE_EOIP && cursor.has(GRE_LENGTH_MIN + FIELD_LENGTH);
  return isEoip ? enterEoip(cursor) : decodeByType(cursor, flags);
}

/** Version 0, and what says that it is version 1 but carries no PPP, as tunnels of a cloud do. */
function decodeByType(cursor: FrameCursor, flags: number): Layer {
  if ((flags & HAS_ROUTING) !== 0) return cursor.drop("gre with source routing");
  const { bytes, at } = cursor;
  const keyAt = at + GRE_LENGTH_MIN + ((flags & HAS_CHECKSUM) !== 0 ? FIELD_LENGTH : 0);
  const sequenceAt = keyAt + ((flags & HAS_KEY) !== 0 ? FIELD_LENGTH : 0);
  const acknowledgmentAt = sequenceAt + ((flags & HAS_SEQUENCE) !== 0 ? FIELD_LENGTH : 0);
  const hasAcknowledgment = (flags & VERSION_MASK) === 1 && (flags & HAS_ACKNOWLEDGMENT) !== 0;
  const end = acknowledgmentAt + (hasAcknowledgment ? FIELD_LENGTH : 0);
  if (end > cursor.end) return cursor.drop("gre header cut");
  const type = readUint16(bytes, at + 2);
  cursor.at = end;
  if (type === TYPE_ERSPAN_3 || (type === TYPE_ERSPAN_2 && (flags & HAS_SEQUENCE) !== 0)) return ERSPAN;
  if ((flags & HAS_KEY) === 0) cursor.enter(GRE_TUNNEL, 0);
  else enterKey(cursor, readUint32(bytes, keyAt), type === TYPE_ETHERNET);
  // ERSPAN I, told by the missing sequence number, has no header of its own.
  if (type === TYPE_ERSPAN_2) return ETHERNET;
  if (type === TYPE_WCCP) return enterWccp(cursor);
  if (type === TYPE_FRAME_RELAY) return FRAME_RELAY;
  const isWireless = type >= TYPE_WIRELESS_FIRST && type <= TYPE_WIRELESS_LAST && (type & 0x0f) === 0;
  return isWireless ? IEEE802_11 : layerOfEthertype(cursor, type);
}

function enterWccp(cursor: FrameCursor): Layer {
  const isDatagram = cursor.has(1) && cursor.bytes[cursor.at]! >> 4 === 4;
  if (!isDatagram) {
    if (!cursor.has(WCCP_LENGTH)) return cursor.drop("gre header cut");
    cursor.at += WCCP_LENGTH;
  }
  return IPV4;
}

function enterKey(cursor: FrameCursor, key: number, isEthernet: boolean): void {
  const subnet = key >>> 8;
  if (isEthernet && subnet >= NVGRE_SUBNET_MIN) cursor.enter(NVGRE_SUBNET, subnet);
  else cursor.enter(GRE_KEY, key);
}

/** Version 1: payload length and call id in place of the key, then sequence and acknowledgment numbers. */
function decodePptp(cursor: FrameCursor, flags: number): Layer {
  const { at } = cursor;
  const sequenceEnd = at + GRE_LENGTH_MIN + FIELD_LENGTH + ((flags & HAS_SEQUENCE) !== 0 ? FIELD_LENGTH : 0);
  const end = sequenceEnd + ((flags & HAS_ACKNOWLEDGMENT) !== 0 ? FIELD_LENGTH : 0);
  if (end > cursor.end) return cursor.drop("gre header cut");
  // Without a sequence number the frame is an acknowledgment only.
  if ((flags & HAS_SEQUENCE) === 0) return cursor.drop("gre without payload");
  cursor.enter(PPTP_TUNNEL, 0);
  cursor.at = end;
  return PPP;
}

function enterEoip(cursor: FrameCursor): Layer {
  const keyAt = cursor.at + GRE_LENGTH_MIN;
  if (readUint16(cursor.bytes, keyAt) === 0) return cursor.drop("gre without payload");
  cursor.enter(EOIP_TUNNEL, cursor.bytes[keyAt + 2]! | (cursor.bytes[keyAt + 3]! << 8));
  cursor.at = keyAt + FIELD_LENGTH;
  return ETHERNET;
}

// draft-foschiano-erspan-03, sections 4.2 and 4.3.
const ERSPAN_2_LENGTH = 8;
const ERSPAN_3_LENGTH = 12;
const ERSPAN_3_SUBHEADER_LENGTH = 8;
const SESSION_AT = 2;
const SESSION_MASK = 0x03ff;
const FRAME_TYPE_AT = 10;
const FRAME_TYPE_ETHERNET = 0;
const FRAME_TYPE_IP = 2;
const HAS_SUBHEADER = 0x01;

/** A mirrored frame behind an ERSPAN header of type II or III (versions 1 and 2). */
export function decodeErspan(cursor: FrameCursor): Layer {
  if (!cursor.has(ERSPAN_2_LENGTH)) return cursor.drop("erspan header cut");
  const { bytes, at } = cursor;
  const version = bytes[at]! >> 4;
  cursor.enter(ERSPAN_SESSION, readUint16(bytes, at + SESSION_AT) & SESSION_MASK);
  if (version === 1) {
    cursor.at += ERSPAN_2_LENGTH;
    return ETHERNET;
  }
  if (version !== 2) return cursor.drop("erspan payload not understood");
  if (!cursor.has(ERSPAN_3_LENGTH)) return cursor.drop("erspan header cut");
  const hasSubheader = (bytes[at + ERSPAN_3_LENGTH - 1]! & HAS_SUBHEADER) !== 0;
  const length = ERSPAN_3_LENGTH + (hasSubheader ? ERSPAN_3_SUBHEADER_LENGTH : 0);
  if (!cursor.has(length)) return cursor.drop("erspan header cut");
  const frameType = (bytes[at + FRAME_TYPE_AT]! >> 2) & 0x1f;
  cursor.at += length;
  if (frameType === FRAME_TYPE_ETHERNET) return ETHERNET;
  return frameType === FRAME_TYPE_IP ? RAW_IP : cursor.drop("erspan payload not understood");
}
