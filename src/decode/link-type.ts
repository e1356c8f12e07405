import * as layers from "./layer.js";
import type { PlainLink } from "./plain-segments.js";

interface LinkType {
  readonly name: string;
  /** Absent: known by name, not read. */
  readonly layer?: layers.Layer;
}

/** Values and names of https://www.tcpdump.org/linktypes.html, without the prefix LINKTYPE_. */
const LINK_TYPES: ReadonlyMap<number, LinkType> = new Map<number, LinkType>([
  [0, { name: "NULL", layer: layers.LOOPBACK }],
  [1, { name: "ETHERNET", layer: layers.ETHERNET }],
  [6, { name: "IEEE802_5" }],
  [7, { name: "ARCNET_BSD" }],
  [8, { name: "SLIP" }],
  [9, { name: "PPP", layer: layers.PPP }],
  [10, { name: "FDDI" }],
  // What DLT_RAW is on most systems and on OpenBSD; old programs wrote it to files.
  [12, { name: "RAW", layer: layers.RAW_IP }],
  [14, { name: "RAW", layer: layers.RAW_IP }],
  [50, { name: "PPP_HDLC", layer: layers.PPP_HDLC }],
  [51, { name: "PPP_ETHER", layer: layers.PPPOE }],
  [100, { name: "ATM_RFC1483", layer: layers.LLC }],
  [101, { name: "RAW", layer: layers.RAW_IP }],
  [104, { name: "C_HDLC", layer: layers.CISCO_HDLC }],
  [105, { name: "IEEE802_11", layer: layers.IEEE802_11 }],
  [107, { name: "FRELAY", layer: layers.FRAME_RELAY }],
  [108, { name: "LOOP", layer: layers.LOOPBACK }],
  [113, { name: "LINUX_SLL", layer: layers.LINUX_SLL }],
  [114, { name: "LTALK" }],
  [117, { name: "PFLOG" }],
  [119, { name: "IEEE802_11_PRISM" }],
  [122, { name: "IP_OVER_FC" }],
  [123, { name: "SUNATM" }],
  [127, { name: "IEEE802_11_RADIOTAP", layer: layers.RADIOTAP }],
  [129, { name: "ARCNET_LINUX" }],
  [138, { name: "APPLE_IP_OVER_IEEE1394" }],
  [139, { name: "MTP2_WITH_PHDR" }],
  [140, { name: "MTP2" }],
  [141, { name: "MTP3" }],
  [142, { name: "SCCP" }],
  [143, { name: "DOCSIS" }],
  [163, { name: "IEEE802_11_AVS" }],
  [166, { name: "PPP_PPPD" }],
  [187, { name: "BLUETOOTH_HCI_H4" }],
  [189, { name: "USB_LINUX" }],
  [192, { name: "PPI" }],
  [195, { name: "IEEE802_15_4_WITHFCS" }],
  [197, { name: "ERF" }],
  [201, { name: "BLUETOOTH_HCI_H4_WITH_PHDR" }],
  [204, { name: "PPP_WITH_DIR" }],
  [220, { name: "USB_LINUX_MMAPPED" }],
  [226, { name: "IPNET" }],
  [227, { name: "CAN_SOCKETCAN" }],
  [228, { name: "IPV4", layer: layers.IPV4 }],
  [229, { name: "IPV6", layer: layers.IPV6 }],
  [230, { name: "IEEE802_15_4_NOFCS" }],
  [239, { name: "NFLOG" }],
  [240, { name: "NETANALYZER" }],
  [249, { name: "USBPCAP" }],
  [251, { name: "BLUETOOTH_LE_LL" }],
  [252, { name: "WIRESHARK_UPPER_PDU" }],
  [253, { name: "NETLINK" }],
  [254, { name: "BLUETOOTH_LINUX_MONITOR" }],
  [258, { name: "PKTAP" }],
  [271, { name: "VSOCK" }],
  [276, { name: "LINUX_SLL2", layer: layers.LINUX_SLL2 }],
]);

/** True when frames of that LINKTYPE_ value can hold segments that the decoder finds. */
export function isSupportedLinkType(linkType: number): boolean {
  return LINK_TYPES.get(linkType)?.layer !== undefined;
}

/** `ETHERNET`, `LINUX_SLL`, …; the number itself when it has no name here. */
export function linkTypeName(linkType: number): string {
  return LINK_TYPES.get(linkType)?.name ?? String(linkType);
}

/** The first layer of frames of that LINKTYPE_ value. */
export function layerOfLinkType(linkType: number): layers.Layer {
  return LINK_TYPES.get(linkType)?.layer ?? layers.UNSUPPORTED;
}

const ETHERTYPES = { ipv4Type: 0x0800, ipv6Type: 0x86dd } as const;
/** AF_INET and Darwin's AF_INET6 of a little-endian machine; the others are for the walk. */
const ADDRESS_FAMILIES = { ipv4Type: 0x0200, ipv6Type: 0x1e00 } as const;

/** Link layers that the fast path knows. */
const PLAIN_LINKS: ReadonlyMap<layers.Layer, PlainLink> = new Map([
  [layers.ETHERNET, { headerLength: 14, typeAt: 12, ...ETHERTYPES }],
  [layers.LINUX_SLL, { headerLength: 16, typeAt: 14, ...ETHERTYPES }],
  [layers.LINUX_SLL2, { headerLength: 20, typeAt: 0, ...ETHERTYPES }],
  [layers.LOOPBACK, { headerLength: 4, typeAt: 0, ...ADDRESS_FAMILIES }],
  [layers.RAW_IP, { headerLength: 0, typeAt: -1, ...ETHERTYPES }],
]);

/** How the fast path reads frames of that LINKTYPE_ value; undefined when only the walk does. */
export function plainLinkOf(linkType: number): PlainLink | undefined {
  return PLAIN_LINKS.get(layerOfLinkType(linkType));
}
