import type { FrameCursor } from "./frame-cursor.js";
import { ETHERNET, IPV4, IPV6, type Layer, LLC, MPLS, PPP, PPPOE, PROVIDER_BACKBONE, VLAN } from "./layer.js";

// Numbers: https://www.iana.org/assignments/ieee-802-numbers
const TYPE_IPV4 = 0x0800;
const TYPE_ARP = 0x0806;
const TYPE_TRANSPARENT_BRIDGING = 0x6558;
const TYPE_VLAN = 0x8100;
const TYPE_IPV6 = 0x86dd;
const TYPE_PPP = 0x880b;
const TYPE_MPLS = 0x8847;
const TYPE_MPLS_UPSTREAM = 0x8848;
const TYPE_PPPOE_SESSION = 0x8864;
const TYPE_SERVICE_VLAN = 0x88a8;
const TYPE_PROVIDER_BACKBONE = 0x88e7;
/** QinQ before 802.1ad. */
const TYPE_OLD_SERVICE_VLAN = 0x9100;

/** Up to here the field is the length of an 802.3 frame, IEEE 802.3, clause 3.2.6. */
const LENGTH_MAX = 1500;

/** The layer that an EtherType at `cursor.at - 2` announces; the frame is counted by number when we read none. */
export function layerOfEthertype(cursor: FrameCursor, type: number): Layer {
  switch (type) {
    case TYPE_IPV4:
      return IPV4;
    case TYPE_IPV6:
      return IPV6;
    case TYPE_VLAN:
    case TYPE_SERVICE_VLAN:
    case TYPE_OLD_SERVICE_VLAN:
      return VLAN;
    case TYPE_MPLS:
    case TYPE_MPLS_UPSTREAM:
      return MPLS;
    case TYPE_PPPOE_SESSION:
      return PPPOE;
    case TYPE_PPP:
      return PPP;
    case TYPE_PROVIDER_BACKBONE:
      return PROVIDER_BACKBONE;
    case TYPE_TRANSPARENT_BRIDGING:
      return ETHERNET;
    case TYPE_ARP:
      return cursor.drop("arp");
    default:
      if (type > LENGTH_MAX) return cursor.dropNumbered("ethertype", type);
      cursor.limit(cursor.at + type);
      return LLC;
  }
}

/** True for the types that a guess at an unmarked header may rely on. */
export function isCommonEthertype(type: number): boolean {
  return (
    type === TYPE_IPV4 ||
    type === TYPE_IPV6 ||
    type === TYPE_ARP ||
    type === TYPE_VLAN ||
    type === TYPE_SERVICE_VLAN ||
    type === TYPE_MPLS ||
    type === TYPE_PPPOE_SESSION
  );
}
