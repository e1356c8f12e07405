import { decodeEthernet } from "./ethernet.js";
import type { FrameCursor } from "./frame-cursor.js";
import { decodeGeneve } from "./geneve.js";
import { decodeErspan, decodeGre } from "./gre.js";
import { decodeGtpU } from "./gtp-u.js";
import { decodeIeee80211, decodeRadiotap } from "./ieee802-11.js";
import { decodeAuthentication } from "./ip-protocol.js";
import { decodeIpv4 } from "./ipv4.js";
import { decodeIpv6 } from "./ipv6.js";
import * as layers from "./layer.js";
import { decodeLinuxSll, decodeLinuxSll2 } from "./linux-sll.js";
import { decodeLlc } from "./llc.js";
import { decodeLoopback, decodeRawIp } from "./loopback.js";
import { decodeMpls } from "./mpls.js";
import { decodePpp, decodePppHdlc, decodePppoe } from "./ppp.js";
import { decodeTeredo } from "./teredo.js";
import { decodeUdp } from "./udp.js";
import { decodeProviderBackbone, decodeVlan } from "./vlan.js";
import { decodeVxlan, decodeVxlanGpe } from "./vxlan.js";
import { decodeCiscoHdlc, decodeFrameRelay } from "./wide-area.js";

/** The function of every layer that leads on to another. Each returns that other, or gives the frame up. */
export const PROTOCOLS: { readonly [layer: layers.Layer]: (cursor: FrameCursor) => layers.Layer } = {
  [layers.IPV4]: decodeIpv4,
  [layers.IPV6]: decodeIpv6,
  [layers.ETHERNET]: decodeEthernet,
  [layers.LINUX_SLL]: decodeLinuxSll,
  [layers.LINUX_SLL2]: decodeLinuxSll2,
  [layers.LOOPBACK]: decodeLoopback,
  [layers.RAW_IP]: decodeRawIp,
  [layers.VLAN]: decodeVlan,
  [layers.UDP]: decodeUdp,
  [layers.LLC]: decodeLlc,
  [layers.MPLS]: decodeMpls,
  [layers.PPPOE]: decodePppoe,
  [layers.PPP]: decodePpp,
  [layers.PPP_HDLC]: decodePppHdlc,
  [layers.CISCO_HDLC]: decodeCiscoHdlc,
  [layers.FRAME_RELAY]: decodeFrameRelay,
  [layers.PROVIDER_BACKBONE]: decodeProviderBackbone,
  [layers.GRE]: decodeGre,
  [layers.ERSPAN]: decodeErspan,
  [layers.VXLAN]: decodeVxlan,
  [layers.VXLAN_GPE]: decodeVxlanGpe,
  [layers.GENEVE]: decodeGeneve,
  [layers.GTP_U]: decodeGtpU,
  [layers.TEREDO]: decodeTeredo,
  [layers.AUTHENTICATION]: decodeAuthentication,
  [layers.RADIOTAP]: decodeRadiotap,
  [layers.IEEE802_11]: decodeIeee80211,
};
