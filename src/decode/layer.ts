/**
 * What the decoder reads next. Every protocol's function takes the cursor past its own header and returns the layer
 * that follows, so that protocols never import each other and nesting is a loop with a bound, not a recursion.
 */
export type Layer = number;

/** Nothing follows: the frame was counted under a reason, or became a segment or an ICMP error. */
export const DONE = 0;
export const TCP = 1;
export const ICMP = 2;
export const ICMPV6 = 3;
/** A link type that we do not read. */
export const UNSUPPORTED = 4;
/** Up to here a layer ends the walk through a frame: no function leads on from it to another. */
export const FINAL_LAYER_MAX = UNSUPPORTED;

export const IPV4 = 5;
export const IPV6 = 6;
export const ETHERNET = 7;
export const LINUX_SLL = 8;
export const LINUX_SLL2 = 9;
export const LOOPBACK = 10;
/** IPv4 or IPv6, told apart by the version nibble. */
export const RAW_IP = 11;
export const VLAN = 12;
export const UDP = 13;
export const LLC = 14;
export const MPLS = 15;
export const PPPOE = 16;
export const PPP = 17;
export const PPP_HDLC = 18;
export const CISCO_HDLC = 19;
export const FRAME_RELAY = 20;
export const PROVIDER_BACKBONE = 21;
export const GRE = 22;
export const ERSPAN = 23;
export const VXLAN = 24;
export const VXLAN_GPE = 25;
export const GENEVE = 26;
export const GTP_U = 27;
export const TEREDO = 28;
export const AUTHENTICATION = 29;
export const RADIOTAP = 30;
export const IEEE802_11 = 31;
export const FDDI = 32;
export const TOKEN_RING = 33;
export const ARCNET_BSD = 34;
export const ARCNET_LINUX = 35;
export const NFLOG = 36;
export const NETLINK = 37;
export const PFLOG = 38;
export const ENC = 39;
export const PPI = 40;
export const PKTAP = 41;
export const PRISM = 42;
export const NETANALYZER = 43;
export const NETANALYZER_TRANSPARENT = 44;
export const IP_OVER_FIBRE_CHANNEL = 45;
export const IP_OVER_FIREWIRE = 46;
export const SUNATM = 47;
export const IPNET = 48;
export const SYMANTEC = 49;
export const ERF = 50;
export const JUNIPER_ETHERNET = 51;
export const JUNIPER_PPP = 52;
export const JUNIPER_FRAME_RELAY = 53;
export const JUNIPER_CISCO_HDLC = 54;
export const VN_TAG = 55;
export const E_TAG = 56;
export const REDUNDANCY_TAG = 57;
export const HSR_TAG = 58;
export const META_DATA_TAG = 59;
export const MACSEC = 60;
export const FABRIC_PATH = 61;
export const TRILL = 62;
export const NSH = 63;
export const L2TP = 64;
export const LISP = 65;
export const AYIYA = 66;
export const TZSP = 67;
export const CAPWAP = 68;
export const IEEE802_11_SWAPPED = 69;
export const IP_COMPRESSION = 70;
export const ETHER_IP = 71;
export const PPP_WITH_DIRECTION = 72;
export const IP_OVER_INFINIBAND = 73;
export const IEEE802_11_DECRYPTED = 74;
