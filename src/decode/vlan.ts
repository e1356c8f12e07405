import { PROVIDER_BACKBONE_SERVICE, VLAN_ID } from "./encapsulations.js";
import { layerOfEthertype } from "./ethertype.js";
import type { FrameCursor } from "./frame-cursor.js";
import { ETHERNET, type Layer } from "./layer.js";
import { readUint16, readUint24 } from "./octets.js";

/** Tag control information, then the EtherType that follows. IEEE 802.1Q, clause 9.6. */
const VLAN_TYPE_AT = 2;
const VLAN_LENGTH = 4;
const VLAN_ID_MASK = 0x0fff;

/** One VLAN tag after its EtherType. An id of 0 is only a priority, given by one direction and not by the other. */
export function decodeVlan(cursor: FrameCursor): Layer {
  if (!cursor.has(VLAN_LENGTH)) return cursor.drop("vlan header cut");
  const id = readUint16(cursor.bytes, cursor.at) & VLAN_ID_MASK;
  const type = readUint16(cursor.bytes, cursor.at + VLAN_TYPE_AT);
  if (id !== 0) cursor.enter(VLAN_ID, id);
  cursor.at += VLAN_LENGTH;
  return layerOfEthertype(cursor, type);
}

/** Flags, then the service identifier. IEEE 802.1Q, clause 9.7. */
const SERVICE_ID_AT = 1;
const PROVIDER_BACKBONE_LENGTH = 4;

/** The I-TAG of a provider backbone (MAC in MAC): the customer's Ethernet frame follows. */
export function decodeProviderBackbone(cursor: FrameCursor): Layer {
  if (!cursor.has(PROVIDER_BACKBONE_LENGTH)) return cursor.drop("provider backbone header cut");
  cursor.enter(PROVIDER_BACKBONE_SERVICE, readUint24(cursor.bytes, cursor.at + SERVICE_ID_AT));
  cursor.at += PROVIDER_BACKBONE_LENGTH;
  return ETHERNET;
}
