import { decodeArcnetBsd, decodeArcnetLinux } from "./arcnet.js";
import { decodeErf } from "./erf.js";
import { decodeEthernet } from "./ethernet.js";
import { decodeFddi } from "./fddi.js";
import type { FrameCursor } from "./frame-cursor.js";
import {
  decodeETag,
  decodeFabricPath,
  decodeHsrTag,
  decodeMacsec,
  decodeMetaDataTag,
  decodeRedundancyTag,
  decodeTrill,
  decodeVnTag,
} from "./frame-tags.js";
import { decodeGeneve } from "./geneve.js";
import { decodeErspan, decodeGre } from "./gre.js";
import { decodeGtpU } from "./gtp-u.js";
import {
  decodeIeee80211,
  decodeIeee80211Decrypted,
  decodeIeee80211Swapped,
  decodeRadiotap,
} from "./ieee802-11.js";
import { decodeIpCompression } from "./ip-compression.js";
import { decodeAuthentication, decodeEtherIp } from "./ip-protocol.js";
import { decodeIpv4 } from "./ipv4.js";
import { decodeIpv6 } from "./ipv6.js";
import {
  decodeJuniperCiscoHdlc,
  decodeJuniperEthernet,
  decodeJuniperFrameRelay,
  decodeJuniperPpp,
} from "./juniper.js";
import { decodeL2tp } from "./l2tp.js";
import * as layers from "./layer.js";
import {
  decodeNetanalyzer,
  decodeNetanalyzerTransparent,
  decodePktap,
  decodePpi,
  decodePrism,
} from "./link-wrappers.js";
import { decodeLinuxSll, decodeLinuxSll2 } from "./linux-sll.js";
import { decodeLlc } from "./llc.js";
import { decodeLoopback, decodeRawIp } from "./loopback.js";
import { decodeMpls } from "./mpls.js";
import { decodeNetlink } from "./netlink.js";
import { decodeNflog } from "./nflog.js";
import { decodeNsh } from "./nsh.js";
import {
  decodeIpnet,
  decodeIpOverFibreChannel,
  decodeIpOverFireWire,
  decodeIpOverInfiniband,
  decodeSunAtm,
  decodeSymantec,
} from "./old-networks.js";
import { decodeEnc, decodePflog } from "./packet-filter.js";
import { decodePpp, decodePppHdlc, decodePppoe, decodePppWithDirection } from "./ppp.js";
import { decodeTeredo } from "./teredo.js";
import { decodeTokenRing } from "./token-ring.js";
import { decodeUdp } from "./udp.js";
import { decodeAyiya, decodeCapwap, decodeLisp, decodeTzsp } from "./udp-tunnels.js";
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
  [layers.PPP_WITH_DIRECTION]: decodePppWithDirection,
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
  [layers.FDDI]: decodeFddi,
  [layers.TOKEN_RING]: decodeTokenRing,
  [layers.ARCNET_BSD]: decodeArcnetBsd,
  [layers.ARCNET_LINUX]: decodeArcnetLinux,
  [layers.NFLOG]: decodeNflog,
  [layers.NETLINK]: decodeNetlink,
  [layers.PFLOG]: decodePflog,
  [layers.ENC]: decodeEnc,
  [layers.PPI]: decodePpi,
  [layers.PKTAP]: decodePktap,
  [layers.PRISM]: decodePrism,
  [layers.NETANALYZER]: decodeNetanalyzer,
  [layers.NETANALYZER_TRANSPARENT]: decodeNetanalyzerTransparent,
  [layers.IP_OVER_FIBRE_CHANNEL]: decodeIpOverFibreChannel,
  [layers.IP_OVER_INFINIBAND]: decodeIpOverInfiniband,
  [layers.IP_OVER_FIREWIRE]: decodeIpOverFireWire,
  [layers.SUNATM]: decodeSunAtm,
  [layers.IPNET]: decodeIpnet,
  [layers.SYMANTEC]: decodeSymantec,
  [layers.ERF]: decodeErf,
  [layers.JUNIPER_ETHERNET]: decodeJuniperEthernet,
  [layers.JUNIPER_PPP]: decodeJuniperPpp,
  [layers.JUNIPER_FRAME_RELAY]: decodeJuniperFrameRelay,
  [layers.JUNIPER_CISCO_HDLC]: decodeJuniperCiscoHdlc,
  [layers.VN_TAG]: decodeVnTag,
  [layers.E_TAG]: decodeETag,
  [layers.REDUNDANCY_TAG]: decodeRedundancyTag,
  [layers.HSR_TAG]: decodeHsrTag,
  [layers.META_DATA_TAG]: decodeMetaDataTag,
  [layers.MACSEC]: decodeMacsec,
  [layers.FABRIC_PATH]: decodeFabricPath,
  [layers.TRILL]: decodeTrill,
  [layers.NSH]: decodeNsh,
  [layers.L2TP]: decodeL2tp,
  [layers.LISP]: decodeLisp,
  [layers.AYIYA]: decodeAyiya,
  [layers.TZSP]: decodeTzsp,
  [layers.CAPWAP]: decodeCapwap,
  [layers.IEEE802_11_SWAPPED]: decodeIeee80211Swapped,
  [layers.IEEE802_11_DECRYPTED]: decodeIeee80211Decrypted,
  [layers.IP_COMPRESSION]: decodeIpCompression,
  [layers.ETHER_IP]: decodeEtherIp,
};
