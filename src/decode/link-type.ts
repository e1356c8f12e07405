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
  [6, { name: "IEEE802_5", layer: layers.TOKEN_RING }],
  [7, { name: "ARCNET_BSD", layer: layers.ARCNET_BSD }],
  [8, { name: "SLIP" }],
  [9, { name: "PPP", layer: layers.PPP_HDLC }],
  [10, { name: "FDDI", layer: layers.FDDI }],
  [11, { name: "ATM_RFC1483", layer: layers.LLC }],
  // What DLT_RAW is on most systems and on OpenBSD; old programs wrote it to files.
  [12, { name: "RAW", layer: layers.RAW_IP }],
  [13, { name: "ENC", layer: layers.ENC }],
  [14, { name: "RAW", layer: layers.RAW_IP }],
  // Numbers that Linux distributions gave to classical IP over ATM.
  [16, { name: "LINUX_ATM_CLIP", layer: layers.IPV4 }],
  [18, { name: "LINUX_ATM_CLIP", layer: layers.IPV4 }],
  [19, { name: "LINUX_ATM_CLIP", layer: layers.IPV4 }],
  [50, { name: "PPP_HDLC", layer: layers.PPP_HDLC }],
  [51, { name: "PPP_ETHER", layer: layers.PPPOE }],
  [99, { name: "SYMANTEC_FIREWALL", layer: layers.SYMANTEC }],
  [100, { name: "ATM_RFC1483", layer: layers.LLC }],
  [101, { name: "RAW", layer: layers.RAW_IP }],
  [104, { name: "C_HDLC", layer: layers.CISCO_HDLC }],
  [105, { name: "IEEE802_11", layer: layers.IEEE802_11 }],
  [106, { name: "LINUX_ATM_CLIP", layer: layers.IPV4 }],
  [107, { name: "FRELAY", layer: layers.FRAME_RELAY }],
  [108, { name: "LOOP", layer: layers.LOOPBACK }],
  [109, { name: "ENC", layer: layers.ENC }],
  [112, { name: "C_HDLC", layer: layers.CISCO_HDLC }],
  [113, { name: "LINUX_SLL", layer: layers.LINUX_SLL }],
  [114, { name: "LTALK" }],
  [117, { name: "PFLOG", layer: layers.PFLOG }],
  [119, { name: "IEEE802_11_PRISM", layer: layers.PRISM }],
  [122, { name: "IP_OVER_FC", layer: layers.IP_OVER_FIBRE_CHANNEL }],
  [123, { name: "SUNATM", layer: layers.SUNATM }],
  [127, { name: "IEEE802_11_RADIOTAP", layer: layers.RADIOTAP }],
  [128, { name: "TZSP", layer: layers.TZSP }],
  [129, { name: "ARCNET_LINUX", layer: layers.ARCNET_LINUX }],
  [138, { name: "APPLE_IP_OVER_IEEE1394", layer: layers.IP_OVER_FIREWIRE }],
  [139, { name: "MTP2_WITH_PHDR" }],
  [140, { name: "MTP2" }],
  [141, { name: "MTP3" }],
  [142, { name: "SCCP" }],
  [143, { name: "DOCSIS" }],
  // Apple's systems wrote PKTAP under this number before it had one.
  [149, { name: "USER2", layer: layers.PKTAP }],
  [163, { name: "IEEE802_11_AVS", layer: layers.PRISM }],
  [166, { name: "PPP_PPPD" }],
  [178, { name: "JUNIPER_ETHER", layer: layers.JUNIPER_ETHERNET }],
  [179, { name: "JUNIPER_PPP", layer: layers.JUNIPER_PPP }],
  [180, { name: "JUNIPER_FRELAY", layer: layers.JUNIPER_FRAME_RELAY }],
  [181, { name: "JUNIPER_CHDLC", layer: layers.JUNIPER_CISCO_HDLC }],
  [187, { name: "BLUETOOTH_HCI_H4" }],
  [189, { name: "USB_LINUX" }],
  [192, { name: "PPI", layer: layers.PPI }],
  [195, { name: "IEEE802_15_4_WITHFCS" }],
  [197, { name: "ERF", layer: layers.ERF }],
  [201, { name: "BLUETOOTH_HCI_H4_WITH_PHDR" }],
  [204, { name: "PPP_WITH_DIR", layer: layers.PPP_WITH_DIRECTION }],
  [220, { name: "USB_LINUX_MMAPPED" }],
  [226, { name: "IPNET", layer: layers.IPNET }],
  [227, { name: "CAN_SOCKETCAN" }],
  [228, { name: "IPV4", layer: layers.IPV4 }],
  [229, { name: "IPV6", layer: layers.IPV6 }],
  [230, { name: "IEEE802_15_4_NOFCS" }],
  [239, { name: "NFLOG", layer: layers.NFLOG }],
  [240, { name: "NETANALYZER", layer: layers.NETANALYZER }],
  [241, { name: "NETANALYZER_TRANSPARENT", layer: layers.NETANALYZER_TRANSPARENT }],
  [242, { name: "IPOIB", layer: layers.IP_OVER_INFINIBAND }],
  [249, { name: "USBPCAP" }],
  [251, { name: "BLUETOOTH_LE_LL" }],
  [252, { name: "WIRESHARK_UPPER_PDU" }],
  [253, { name: "NETLINK", layer: layers.NETLINK }],
  [254, { name: "BLUETOOTH_LINUX_MONITOR" }],
  [258, { name: "PKTAP", layer: layers.PKTAP }],
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
