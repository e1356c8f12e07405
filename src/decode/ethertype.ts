import type { FrameCursor } from "./frame-cursor.js";
import type { Layer } from "./layer.js";
import * as layers from "./layer.js";

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
/** Not assigned, but Intel's drivers use it. */
const TYPE_CENTRINO = 0x2452;
const TYPE_TRILL = 0x22f3;
const TYPE_JUMBO_LLC = 0x8870;
const TYPE_MACSEC = 0x88e5;
const TYPE_FABRIC_PATH = 0x8903;
const TYPE_META_DATA = 0x8909;
const TYPE_VN_TAG = 0x8926;
const TYPE_HSR = 0x892f;
const TYPE_E_TAG = 0x893f;
const TYPE_NSH = 0x894f;
const TYPE_REDUNDANCY_TAG = 0xf1c1;
/** QinQ before 802.1ad. */
const TYPE_OLD_SERVICE_VLAN = 0x9100;

/** Up to here the field is the length of an 802.3 frame, IEEE 802.3, clause 3.2.6. */
const LENGTH_MAX = 1500;

/** The layer that an EtherType at `cursor.at - 2` announces; the frame is counted by number when we read none. */
export function layerOfEthertype(cursor: FrameCursor, type: number): Layer {
  switch (type) {
    case TYPE_IPV4:
      return layers.IPV4;
    case TYPE_IPV6:
      return layers.IPV6;
    case TYPE_VLAN:
    case TYPE_SERVICE_VLAN:
    case TYPE_OLD_SERVICE_VLAN:
      return layers.VLAN;
    case TYPE_MPLS:
    case TYPE_MPLS_UPSTREAM:
      return layers.MPLS;
    case TYPE_PPPOE_SESSION:
      return layers.PPPOE;
    case TYPE_PPP:
      return layers.PPP;
    case TYPE_PROVIDER_BACKBONE:
      return layers.PROVIDER_BACKBONE;
    case TYPE_TRANSPARENT_BRIDGING:
      return layers.ETHERNET;
    case TYPE_ARP:
      return cursor.drop("arp");
    default:
      return layerOfRareEthertype(cursor, type);
  }
}

function layerOfRareEthertype(cursor: FrameCursor, type: number): Layer {
  switch (type) {
    case TYPE_TRILL:
      return layers.TRILL;
    case TYPE_CENTRINO:
      return layers.IEEE802_11_DECRYPTED;
    case TYPE_JUMBO_LLC:
      return layers.LLC;
    case TYPE_MACSEC:
      return layers.MACSEC;
    case TYPE_FABRIC_PATH:
      return layers.FABRIC_PATH;
    case TYPE_META_DATA:
      return layers.META_DATA_TAG;
    case TYPE_VN_TAG:
      return layers.VN_TAG;
    case TYPE_HSR:
      return layers.HSR_TAG;
    case TYPE_E_TAG:
      return layers.E_TAG;
    case TYPE_NSH:
      return layers.NSH;
    case TYPE_REDUNDANCY_TAG:
      return layers.REDUNDANCY_TAG;
    default:
      if (type > LENGTH_MAX) return cursor.dropNumbered("ethertype", type);
      cursor.limit(cursor.at + type);
      return layers.LLC;
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
