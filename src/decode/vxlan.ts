import { VXLAN_NETWORK } from "./encapsulations.js";
import type { FrameCursor } from "./frame-cursor.js";
import { ETHERNET, type Layer } from "./layer.js";
import { layerOfNextProtocol } from "./nsh.js";
import { readUint24 } from "./octets.js";

/** RFC 7348, section 5: flags, reserved, network identifier, reserved. */
const VXLAN_LENGTH = 8;
const NETWORK_AT = 4;
const HAS_NETWORK = 0x08;
/** Of the generic protocol extension, draft-ietf-nvo3-vxlan-gpe, section 3.1. */
const NEXT_PROTOCOL_AT = 3;
const HAS_NEXT_PROTOCOL = 0x04;

export function decodeVxlan(cursor: FrameCursor): Layer {
  return readHeader(cursor) ?? ETHERNET;
}

export function decodeVxlanGpe(cursor: FrameCursor): Layer {
  const { bytes, at } = cursor;
  const failed = readHeader(cursor);
  if (failed !== undefined) return failed;
  if ((bytes[at]! & HAS_NEXT_PROTOCOL) === 0) return ETHERNET;
  return layerOfNextProtocol(bytes[at + NEXT_PROTOCOL_AT]!) ?? cursor.drop("vxlan header invalid");
}

/** Passes the header; a layer only when the frame was given up. */
function readHeader(cursor: FrameCursor): Layer | undefined {
  if (!cursor.has(VXLAN_LENGTH)) return cursor.drop("vxlan header cut");
  const { bytes, at } = cursor;
  if ((bytes[at]! & HAS_NETWORK) === 0) return cursor.drop("vxlan header invalid");
  cursor.enter(VXLAN_NETWORK, readUint24(bytes, at + NETWORK_AT));
  cursor.at += VXLAN_LENGTH;
  return undefined;
}
