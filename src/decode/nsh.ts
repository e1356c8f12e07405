import type { FrameCursor } from "./frame-cursor.js";
import { ETHERNET, IPV4, IPV6, type Layer, MPLS, NSH } from "./layer.js";
import { readUint16 } from "./octets.js";

// RFC 8300, section 2.2: the length in units of 4 octets, all of the header; the protocol that follows.
const NSH_LENGTH_MIN = 8;
const LENGTH_MASK = 0x3f;
const PROTOCOL_AT = 3;

/** The network service header. Its path and index change from hop to hop, so they tell no flows apart. */
export function decodeNsh(cursor: FrameCursor): Layer {
  if (!cursor.has(NSH_LENGTH_MIN)) return cursor.drop("nsh header cut");
  const { bytes, at } = cursor;
  const length = (readUint16(bytes, at) & LENGTH_MASK) * 4;
  if (length < NSH_LENGTH_MIN || !cursor.has(length)) return cursor.drop("nsh header cut");
  cursor.at += length;
  return layerOfNextProtocol(bytes[at + PROTOCOL_AT]!) ?? cursor.drop("nsh payload not understood");
}

/** Numbers that NSH and VXLAN-GPE share: https://www.iana.org/assignments/nsh. */
export function layerOfNextProtocol(protocol: number): Layer | undefined {
  switch (protocol) {
    case 1:
      return IPV4;
    case 2:
      return IPV6;
    case 3:
      return ETHERNET;
    case 4:
      return NSH;
    case 5:
      return MPLS;
    default:
      return undefined;
  }
}
