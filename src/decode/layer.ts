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
