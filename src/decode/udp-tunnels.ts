import { AYIYA_TUNNEL, CAPWAP_TUNNEL, LISP_TUNNEL, TZSP_TUNNEL } from "./encapsulations.js";
import type { FrameCursor } from "./frame-cursor.js";
import { ETHERNET, IEEE802_11, IEEE802_11_SWAPPED, IPV4, IPV6, type Layer, PRISM, RAW_IP } from "./layer.js";

/** RFC 9300, section 5.3: flags, nonce or map versions, instance or locator bits. */
const LISP_LENGTH = 8;

export function decodeLisp(cursor: FrameCursor): Layer {
  if (!cursor.has(LISP_LENGTH)) return cursor.drop("lisp header cut");
  cursor.at += LISP_LENGTH;
  cursor.enter(LISP_TUNNEL, 0);
  return RAW_IP;
}

// draft-massar-v6ops-ayiya-02, section 3: lengths of identity (as a power of two) and signature (in units of 4 octets),
// operation, next header, time.
const AYIYA_LENGTH = 8;
const AYIYA_NEXT_HEADER_AT = 3;
const AYIYA_FORWARD = 1;
const AYIYA_IPV4 = 4;
const AYIYA_IPV6 = 41;

/** "Anything in anything", the tunnels of SixXS. */
export function decodeAyiya(cursor: FrameCursor): Layer {
  if (!cursor.has(AYIYA_LENGTH)) return cursor.drop("ayiya header cut");
  const { bytes, at } = cursor;
  const identityLength = 1 << (bytes[at]! >> 4);
  const length = AYIYA_LENGTH + identityLength + (bytes[at + 1]! >> 4) * 4;
  if (!cursor.has(length)) return cursor.drop("ayiya header cut");
  const next = bytes[at + AYIYA_NEXT_HEADER_AT]!;
  const isForwarded = (bytes[at + 2]! & 0x0f) === AYIYA_FORWARD;
  if (!isForwarded || (next !== AYIYA_IPV4 && next !== AYIYA_IPV6))
    return cursor.drop("ayiya without payload");
  cursor.at += length;
  cursor.enter(AYIYA_TUNNEL, 0);
  return next === AYIYA_IPV4 ? IPV4 : IPV6;
}

// TaZmen Sniffer Protocol: version, type, encapsulation; then tagged fields, of which two have no length.
const TZSP_LENGTH = 4;
const TZSP_TYPE_AT = 1;
const TZSP_ENCAPSULATION_AT = 3;
const TZSP_RECEIVED = 0;
const TZSP_TRANSMITTED = 1;
const TZSP_TAG_PADDING = 0;
const TZSP_TAG_END = 1;
const TZSP_ETHERNET = 1;
const TZSP_IEEE802_11 = 18;
const TZSP_PRISM = 119;
const TZSP_AVS = 127;

/** Frames that a remote sniffer (Mikrotik's, access points) sends on. */
export function decodeTzsp(cursor: FrameCursor): Layer {
  if (!cursor.has(TZSP_LENGTH)) return cursor.drop("tzsp header cut");
  const { bytes, at, end } = cursor;
  const type = bytes[at + TZSP_TYPE_AT]!;
  if (type !== TZSP_RECEIVED && type !== TZSP_TRANSMITTED) return cursor.drop("tzsp without frame");
  let tag = at + TZSP_LENGTH;
  while (tag < end && bytes[tag] !== TZSP_TAG_END)
    tag += bytes[tag] === TZSP_TAG_PADDING ? 1 : 2 + (tag + 1 < end ? bytes[tag + 1]! : 0);
  if (tag >= end) return cursor.drop("tzsp header cut");
  cursor.at = tag + 1;
  cursor.enter(TZSP_TUNNEL, 0);
  switch (bytes[at + TZSP_ENCAPSULATION_AT]) {
    case TZSP_ETHERNET:
      return ETHERNET;
    case TZSP_IEEE802_11:
      return IEEE802_11;
    case TZSP_PRISM:
    case TZSP_AVS:
      return PRISM;
    default:
      return cursor.drop("tzsp without frame");
  }
}

// RFC 5415, section 4.3: version and type, then the header's length in the upper 5 bits, in units of 4 octets.
const CAPWAP_LENGTH_MIN = 8;
const CAPWAP_IS_DTLS = 0x01;
/** In the third octet: the frame is the radio's, not Ethernet. */
const CAPWAP_IS_NATIVE = 0x01;
/** In the fourth. */
const CAPWAP_IS_FRAGMENT = 0x80;
const CAPWAP_IS_KEEPALIVE = 0x08;

/** The data channel between an access point and its controller. */
export function decodeCapwap(cursor: FrameCursor): Layer {
  if (!cursor.has(CAPWAP_LENGTH_MIN)) return cursor.drop("capwap header cut");
  const { bytes, at } = cursor;
  if ((bytes[at]! & CAPWAP_IS_DTLS) !== 0) return cursor.drop("capwap encrypted");
  const length = (bytes[at + 1]! >> 3) * 4;
  if (length < CAPWAP_LENGTH_MIN || !cursor.has(length)) return cursor.drop("capwap header cut");
  const flags = bytes[at + 3]!;
  if ((flags & CAPWAP_IS_KEEPALIVE) !== 0) return cursor.drop("capwap without frame");
  if ((flags & CAPWAP_IS_FRAGMENT) !== 0) return cursor.drop("capwap fragment");
  cursor.at += length;
  cursor.enter(CAPWAP_TUNNEL, 0);
  // Controllers send the two octets of 802.11's frame control the other way round.
  return (bytes[at + 2]! & CAPWAP_IS_NATIVE) !== 0 ? IEEE802_11_SWAPPED : ETHERNET;
}
