import { layerOfEthertype } from "./ethertype.js";
import type { FrameCursor } from "./frame-cursor.js";
import { ETHERNET, IPV4, type Layer } from "./layer.js";
import { readUint16, readUint24 } from "./octets.js";

// IEEE 802.2; SNAP as in RFC 1042.
const LLC_LENGTH = 3;
const SAP_IP = 0x06;
const SAP_SNAP = 0xaa;
const SNAP_LENGTH = 5;
const SNAP_PROTOCOL_AT = 3;

/** Organizations whose SNAP protocol is an EtherType: none named, and bridge tunnels (RFC 1042, IEEE 802.1H). */
const ORGANIZATION_ETHERTYPE = 0x000000;
const ORGANIZATION_BRIDGE_TUNNEL = 0x0000f8;
/** IEEE 802.1, whose protocols are bridged frames: RFC 2427, section 4.2. */
const ORGANIZATION_BRIDGED = 0x0080c2;
const BRIDGED_ETHERNET_WITH_FCS = 1;
const BRIDGED_ETHERNET = 7;

/** 802.2 LLC: SNAP with an EtherType, or IP under its own SAP. */
export function decodeLlc(cursor: FrameCursor): Layer {
  if (!cursor.has(LLC_LENGTH)) return cursor.drop("llc header cut");
  const destination = cursor.bytes[cursor.at]!;
  cursor.at += LLC_LENGTH;
  if (destination === SAP_SNAP) return decodeSnap(cursor);
  return destination === SAP_IP ? IPV4 : cursor.dropNumbered("llc", destination);
}

/** Organization and protocol, five octets. */
export function decodeSnap(cursor: FrameCursor): Layer {
  if (!cursor.has(SNAP_LENGTH)) return cursor.drop("llc header cut");
  const organization = readUint24(cursor.bytes, cursor.at);
  const protocol = readUint16(cursor.bytes, cursor.at + SNAP_PROTOCOL_AT);
  cursor.at += SNAP_LENGTH;
  if (organization === ORGANIZATION_ETHERTYPE || organization === ORGANIZATION_BRIDGE_TUNNEL)
    return layerOfEthertype(cursor, protocol);
  const isBridged = protocol === BRIDGED_ETHERNET || protocol === BRIDGED_ETHERNET_WITH_FCS;
  if (organization === ORGANIZATION_BRIDGED && isBridged) return ETHERNET;
  return cursor.dropNumbered("snap", protocol);
}
