/** A frame of every protocol that the decoder reads, each around the same segment 50000 > 80 with payload "abcd". */

export const TCP_SEGMENT = `
  c350 0050           // ports 50000, 80
  00000001 00000002   // seq, ack
  5018 ffff 0000 0000 // 20 octets, PSH ACK, window, checksum, urgent pointer
  61626364            // "abcd"
`;
export const IPV4_ADDRESSES = "0a000001 0a000002";
export const IPV6_ADDRESSES = "20010db8000000000000000000000001 20010db8000000000000000000000002";

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, "0");
/** A number below 65536, its low octet first. */
const littleHex = (number: number): string => hex(((number & 0xff) << 8) | (number >> 8), 4);
const lengthOf = (text: string): number => text.replace(/\/\/.*$/gm, "").replace(/\s/g, "").length / 2;

/** IPv4 header: 20 octets, id 0x1234, do not fragment, TTL 64. */
export function ipv4(protocol: number, content: string): string {
  const total = hex(20 + lengthOf(content), 4);
  return `4500 ${total} 1234 4000 40 ${hex(protocol, 2)} 0000 ${IPV4_ADDRESSES}\n${content}`;
}

/** IPv6 header, hop limit 63. */
export function ipv6(nextHeader: number, content: string): string {
  return `60000000 ${hex(lengthOf(content), 4)} ${hex(nextHeader, 2)} 3f ${IPV6_ADDRESSES}\n${content}`;
}

export function udp(sourcePort: number, destinationPort: number, content: string): string {
  return `${hex(sourcePort, 4)} ${hex(destinationPort, 4)} ${hex(8 + lengthOf(content), 4)} 0000\n${content}`;
}

export function ethernet(type: string, content: string): string {
  return `020000000001 020000000002 ${type}\n${content}`;
}

export const DATAGRAM = ipv4(6, TCP_SEGMENT);
export const DATAGRAM_6 = ipv6(6, TCP_SEGMENT);
const FRAME = ethernet("0800", DATAGRAM);

export interface SampleFrame {
  readonly name: string;
  readonly linkType: number;
  readonly hex: string;
  /** Name of the encapsulation that is part of the flow's identity. */
  readonly encapsulation: string;
}

const sample = (name: string, linkType: number, text: string, encapsulation = ""): SampleFrame => ({
  name,
  linkType,
  hex: text,
  encapsulation,
});
const overEthernet = (name: string, type: string, content: string, encapsulation = ""): SampleFrame =>
  sample(name, 1, ethernet(type, content), encapsulation);
const overIpv4 = (name: string, protocol: number, content: string, encapsulation = ""): SampleFrame =>
  sample(name, 101, ipv4(protocol, content), encapsulation);

const LLC_SNAP_IPV4 = "aaaa03 000000 0800"; // LLC, organization 0, EtherType
const ATM_BRIDGED = "aaaa03 0080c2 0007"; // LLC, organization IEEE 802.1, Ethernet without FCS
const WIRELESS = `0801 0000 ${"020000000001".repeat(3)} 1000${LLC_SNAP_IPV4}${DATAGRAM}`; // 802.11, data
const VXLAN = "08000000 00002a00"; // flags, reserved, network 42, reserved

export const SAMPLE_FRAMES: readonly SampleFrame[] = [
  overEthernet("Ethernet II, IPv4", "0800", DATAGRAM),
  overEthernet("Ethernet II, IPv6", "86dd", DATAGRAM_6),
  overEthernet("802.3 with LLC and SNAP", hex(8 + lengthOf(DATAGRAM), 4), LLC_SNAP_IPV4 + DATAGRAM),
  overEthernet("802.3 with IP's own SAP", hex(3 + lengthOf(DATAGRAM), 4), `060603${DATAGRAM}`),
  overEthernet("VLAN", "8100", `600a 0800${DATAGRAM}`, "vlan 10"),
  overEthernet("VLAN 0, which is only a priority", "8100", `6000 0800${DATAGRAM}`, ""),
  overEthernet("802.1ad QinQ", "88a8", `0064 8100 000a 0800${DATAGRAM}`, "vlan 100, vlan 10"),
  overEthernet("QinQ before 802.1ad", "9100", `0064 8100 000a 86dd${DATAGRAM_6}`, "vlan 100, vlan 10"),
  overEthernet("802.1ah provider backbone", "88a8", `0064 88e7 00 00002a ${FRAME}`, "vlan 100, pbb 42"),
  overEthernet("MPLS, two labels, IPv4", "8847", `00064040 000c8140${DATAGRAM}`, "mpls"),
  overEthernet("MPLS multicast, IPv6", "8848", `00064140${DATAGRAM_6}`, "mpls"),
  overEthernet("MPLS Ethernet pseudowire", "8847", `00064140${FRAME}`, "mpls"),
  overEthernet("MPLS Ethernet pseudowire with control word", "8847", `00064140 00000000${FRAME}`, "mpls"),
  overEthernet("PPPoE", "8864", `11 00 0003 ${hex(2 + lengthOf(DATAGRAM), 4)} 0021${DATAGRAM}`, "pppoe 3"),
  sample("Linux cooked", 113, `0000 0001 0006 0200000000010000 0800${DATAGRAM}`),
  sample("Linux cooked, LLC", 113, `0000 0001 0006 0200000000010000 0004${LLC_SNAP_IPV4}${DATAGRAM}`),
  sample("Linux cooked 2", 276, `86dd 0000 00000002 0001 00 06 0200000000010000${DATAGRAM_6}`),
  sample(
    "Linux cooked 2, VLAN",
    276,
    `8100 0000 00000002 0001 00 06 0200000000010000 000a 0800${DATAGRAM}`,
    "vlan 10",
  ),
  sample("NULL, little endian", 0, `02000000${DATAGRAM}`),
  sample("NULL, big endian", 0, `00000002${DATAGRAM}`),
  sample("NULL, AF_INET6 of NetBSD and OpenBSD", 0, `18000000${DATAGRAM_6}`),
  sample("NULL, AF_INET6 of FreeBSD", 0, `0000001c${DATAGRAM_6}`),
  sample("NULL, AF_INET6 of Darwin", 0, `1e000000${DATAGRAM_6}`),
  sample("NULL, AF_INET6 of Linux", 0, `0a000000${DATAGRAM_6}`),
  sample("LOOP", 108, `00000002${DATAGRAM}`),
  sample("RAW, IPv4", 101, DATAGRAM),
  sample("RAW, IPv6", 12, DATAGRAM_6),
  sample("IPV4", 228, DATAGRAM),
  sample("IPV6", 229, DATAGRAM_6),
  sample("PPP", 9, `0021${DATAGRAM}`),
  sample("PPP, compressed protocol", 9, `21${DATAGRAM}`),
  sample("PPP with address and control", 9, `ff03 0057${DATAGRAM_6}`),
  sample("PPP in HDLC-like framing", 50, `ff03 0021${DATAGRAM}`),
  sample("Cisco HDLC as PPP_HDLC", 50, `0f00 0800${DATAGRAM}`),
  sample("Cisco HDLC as PPP", 9, `8f00 0800${DATAGRAM}`),
  sample("IPOIB", 242, `${"00".repeat(40)} 86dd 0000${DATAGRAM_6}`),
  sample("PPP_ETHER", 51, `11 00 0003 ${hex(2 + lengthOf(DATAGRAM), 4)} 0021${DATAGRAM}`, "pppoe 3"),
  sample("Cisco HDLC", 104, `8f00 86dd${DATAGRAM_6}`),
  sample("Frame Relay, RFC 2427", 107, `1841 03 cc${DATAGRAM}`),
  sample("Frame Relay, SNAP after padding", 107, `1841 03 00 80 000000 0800${DATAGRAM}`),
  sample("Frame Relay, bridged Ethernet", 107, `1841 03 00 80 0080c2 0007${FRAME}`),
  sample("Frame Relay, PPP", 107, `1841 03 cf 0021${DATAGRAM}`),
  sample("Frame Relay, Cisco", 107, `1841 0800${DATAGRAM}`),
  sample("RFC 1483, routed", 100, `${LLC_SNAP_IPV4}${DATAGRAM}`),
  sample(
    "802.11, QoS data",
    105,
    `8801 0000 ${"020000000001".repeat(3)} 1000 0000${LLC_SNAP_IPV4}${DATAGRAM}`,
  ),
  overEthernet("802.11 of Centrino, in the clear", "2452", WIRELESS),
  overEthernet(
    "802.11 of Centrino, decrypted, behind WEP's vector",
    "2452",
    `0841 0000 ${"020000000001".repeat(3)} 1000 66158300${LLC_SNAP_IPV4}${DATAGRAM}`,
  ),
  overEthernet(
    "802.11 of Centrino, decrypted, behind an extended vector",
    "2452",
    `0841 0000 ${"020000000001".repeat(3)} 1000 6615832000000000${LLC_SNAP_IPV4}${DATAGRAM}`,
  ),
  sample(
    "802.11, whole though numbered as a fragment",
    105,
    `0801 0000 ${"020000000001".repeat(3)} 1600${LLC_SNAP_IPV4}${DATAGRAM}`,
  ),
  sample(
    "802.11, four addresses",
    105,
    `0803 0000 ${"020000000001".repeat(3)} 1000 020000000001${LLC_SNAP_IPV4}${DATAGRAM}`,
  ),
  sample(
    "radiotap",
    127,
    `0000 0900 00000000 00 0801 0000 ${"020000000001".repeat(3)} 1000${LLC_SNAP_IPV4}${DATAGRAM}`,
  ),
  overIpv4("IP in IP", 4, DATAGRAM, "ipip"),
  overIpv4("6in4", 41, DATAGRAM_6, "6in4"),
  sample("4in6", 229, ipv6(4, DATAGRAM), "4in6"),
  sample("6in6", 229, ipv6(41, DATAGRAM_6), "6in6"),
  overIpv4("AH over IPv4", 51, `0604 0000 00000001 00000001 ${"00".repeat(12)}${TCP_SEGMENT}`),
  overIpv4("MPLS in IP", 137, `00064140${DATAGRAM}`, "mpls"),
  overIpv4("GRE", 47, `0000 0800${DATAGRAM}`, "gre"),
  overIpv4(
    "GRE with checksum, key and sequence",
    47,
    `b000 0800 0000 0000 00000007 00000001${DATAGRAM}`,
    "gre key 7",
  ),
  overIpv4("GRE with Ethernet", 47, `2000 6558 00000007${FRAME}`, "gre key 7"),
  overIpv4("NVGRE, whose last 8 bits differ by flow", 47, `2000 6558 001001 5c${FRAME}`, "nvgre 4097"),
  overIpv4("GRE of version 1 with IP", 47, `3001 0800 00000007 00000001${DATAGRAM}`, "gre key 7"),
  overIpv4(
    "GRE of version 1 with IP and an acknowledgment",
    47,
    `3081 0800 00000007 00000001 00000002${DATAGRAM}`,
    "gre key 7",
  ),
  overIpv4("PPTP", 47, `3081 880b 0030 0001 00000001 00000002 ff03 0021${DATAGRAM}`, "pptp"),
  overIpv4("EoIP, its tunnel's id in little-endian order", 47, `2001 6400 0040 1900${FRAME}`, "eoip 25"),
  overIpv4("ERSPAN I", 47, `0000 88be${FRAME}`, "gre"),
  overIpv4("ERSPAN II", 47, `1000 88be 00000001 1000 0805 00000000${FRAME}`, "erspan 5"),
  overIpv4(
    "ERSPAN III with subheader",
    47,
    `1000 22eb 00000001 2000 0005 00000000 0000 00 01 ${"00".repeat(8)}${FRAME}`,
    "erspan 5",
  ),
  overIpv4(
    "ERSPAN III with IP",
    47,
    `1000 22eb 00000001 2000 0005 00000000 0000 08 00${DATAGRAM}`,
    "erspan 5",
  ),
  overIpv4("GRE in UDP", 17, udp(40000, 4754, `0000 0800${DATAGRAM}`), "gre"),
  overIpv4("VXLAN", 17, udp(40000, 4789, VXLAN + FRAME), "vxlan 42"),
  overIpv4("VXLAN on Linux's port", 17, udp(40000, 8472, VXLAN + FRAME), "vxlan 42"),
  overIpv4("VXLAN-GPE", 17, udp(40000, 4790, `0c000002 00002a00${DATAGRAM_6}`), "vxlan 42"),
  overIpv4(
    "Geneve with options",
    17,
    udp(40000, 6081, `0200 6558 00000900 0102 0001 00000000${FRAME}`),
    "geneve 9",
  ),
  overIpv4("Geneve with IPv6", 17, udp(40000, 6081, `0000 86dd 00000900${DATAGRAM_6}`), "geneve 9"),
  overIpv4("GTP-U", 17, udp(40000, 2152, `30ff 002c 00000001${DATAGRAM}`), "gtp-u"),
  overIpv4(
    "GTP-U from the port, two extension headers",
    17,
    udp(2152, 40000, `34ff 0038 00000001 000000 85 01 0000 c0 01 0000 00${DATAGRAM}`),
    "gtp-u",
  ),
  overIpv4("Teredo with origin", 17, udp(3544, 40000, `0000 1234 01020304${DATAGRAM_6}`), "teredo"),
  overIpv4(
    "Teredo with authentication",
    17,
    udp(40000, 3544, `0001 00 00 ${"00".repeat(9)}${DATAGRAM_6}`),
    "teredo",
  ),
  overEthernet(
    "VXLAN in a VLAN",
    "8100",
    `000a 0800 ${ipv4(17, udp(40000, 4789, VXLAN + FRAME))}`,
    "vlan 10, vxlan 42",
  ),
  sample("RFC 1483, bridged over Frame Relay's LLC", 100, `${ATM_BRIDGED}${FRAME}`),
  sample("RFC 1483 as BSD numbered it", 11, `${LLC_SNAP_IPV4}${DATAGRAM}`),
  sample("FDDI", 10, `51 020000000001 020000000002 ${LLC_SNAP_IPV4}${DATAGRAM}`),
  sample("Token Ring", 6, `1040 020000000001 020000000002 ${LLC_SNAP_IPV4}${DATAGRAM}`),
  sample(
    "Token Ring, routed by the source",
    6,
    `1040 020000000001 820000000002 0630 0011 0020 ${LLC_SNAP_IPV4}${DATAGRAM}`,
  ),
  sample("ARCNET of Linux", 129, `0102 0000 d4 00 0001${DATAGRAM}`),
  sample("ARCNET of the BSDs", 7, `0102 d4 00 0001${DATAGRAM}`),
  sample("ARCNET, exception packet", 7, `0102 d4 ff 0000 d4 00 0001${DATAGRAM}`),
  sample("ARCNET, RFC 1051", 7, `0102 f0${DATAGRAM}`),
  sample(
    "NFLOG",
    239,
    `02 00 0000 0800 0100 0800 0100 0500 0a00 61 000000 ${littleHex(4 + lengthOf(DATAGRAM))} 0900${DATAGRAM}`,
  ),
  sample("NFLOG, big endian, IPv6", 239, `0a 00 0000 ${hex(4 + lengthOf(DATAGRAM_6), 4)} 0009${DATAGRAM_6}`),
  sample("NFLOG of a bridge", 239, `07 00 0000 ${littleHex(4 + lengthOf(DATAGRAM_6))} 0900${DATAGRAM_6}`),
  ...[
    { name: "netlink, a logged datagram", type: "0004", attribute: "0900" },
    { name: "netlink, a queued datagram", type: "0003", attribute: "0a00" },
  ].map(({ name, type, attribute }) =>
    sample(
      name,
      253,
      `0004 0338 0000 0000000000000000 000c ${littleHex(24 + lengthOf(DATAGRAM))} 0000 ${type} 0000 00000000 00000000
       02 00 0000 ${littleHex(4 + lengthOf(DATAGRAM))} ${attribute}${DATAGRAM}`,
    ),
  ),
  sample("PFLOG", 117, `3d 02 ${"00".repeat(62)}${DATAGRAM}`),
  sample("ENC", 109, `02000000 00000000 00000000${DATAGRAM}`),
  sample("PPI", 192, `00 00 0c00 01000000 00000000${FRAME}`),
  sample("PKTAP", 258, `6c000000 01000000 01000000 ${"00".repeat(96)}${FRAME}`),
  sample("PKTAP as USER2", 149, `6c000000 01000000 65000000 ${"00".repeat(96)}${DATAGRAM}`),
  sample("Prism", 119, `44000000 90000000 ${"00".repeat(136)} ${WIRELESS}`),
  sample("AVS under Prism's link type", 119, `80211001 00000040 ${"00".repeat(56)} ${WIRELESS}`),
  sample("AVS", 163, `80211002 00000044 ${"00".repeat(60)} ${WIRELESS}`),
  sample(
    "802.11, the first part of an aggregate",
    105,
    `8801 0000 ${"020000000001".repeat(3)} 1000 8000 ${"020000000001".repeat(2)}
     ${hex(8 + lengthOf(DATAGRAM), 4)} ${LLC_SNAP_IPV4}${DATAGRAM}`,
  ),
  sample("netANALYZER", 240, `00000000${FRAME}`),
  sample("netANALYZER, transparent", 241, `00000000 555555555555 55d5${FRAME}`),
  sample("IP over Fibre Channel", 122, `1000020000000001 1000020000000002 ${LLC_SNAP_IPV4}${DATAGRAM}`),
  sample("IP over IEEE 1394", 138, `0200000000000001 0200000000000002 0800${DATAGRAM}`),
  sample("SunATM", 123, `82 00 0020${LLC_SNAP_IPV4}${DATAGRAM}`),
  sample(
    "IPNET",
    226,
    `01 02 0001 ${hex(lengthOf(DATAGRAM), 8)} 00000001 00000002 00000000 00000000${DATAGRAM}`,
  ),
  sample("classical IP over ATM", 106, DATAGRAM),
  sample("Symantec firewall", 99, `00000000 0000 0800 ${"00".repeat(36)}${DATAGRAM}`),
  sample("Symantec firewall, newer", 99, `00000000 0000 0000 0000 0800 ${"00".repeat(44)}${DATAGRAM}`),
  sample("ERF, Ethernet", 197, `0000000000000000 02 04 0000 0000 0000 0000${FRAME}`),
  sample(
    "ERF, extended",
    197,
    `0000000000000000 82 04 0000 0000 0000 83${"00".repeat(7)} 04${"00".repeat(7)} 0000${FRAME}`,
  ),
  sample("ERF, Cisco HDLC", 197, `0000000000000000 01 04 0000 0000 0000 0f00 0800${DATAGRAM}`),
  sample("ERF, PPP", 197, `0000000000000000 01 04 0000 0000 0000 ff03 0021${DATAGRAM}`),
  sample("ERF, IPv6", 197, `0000000000000000 17 04 0000 0000 0000${DATAGRAM_6}`),
  sample("Juniper, Ethernet", 178, `4d4743 01${FRAME}`),
  sample("Juniper, extensions", 178, `4d4743 81 0003 010101${FRAME}`),
  sample("Juniper, link layer removed", 178, `4d4743 83 0003 010101 02000000${DATAGRAM}`),
  sample("Juniper, PPP", 179, `4d4743 01 ff03 0021${DATAGRAM}`),
  sample("Juniper, Frame Relay", 180, `4d4743 00 1841 03 cc${DATAGRAM}`),
  sample("Juniper, Cisco HDLC", 181, `4d4743 00 8f00 0800${DATAGRAM}`),
  sample("PPP with direction", 204, `01 ff03 0021${DATAGRAM}`),
  sample("PPP, whole multilink frame", 9, `ff03 003d c0000001 0021${DATAGRAM}`),
  sample("LOOP with an EtherType", 108, `000086dd${DATAGRAM_6}`),
  sample("Linux cooked, PPP", 113, `0000 0200 0000 0000000000000000 0007 0021${DATAGRAM}`),
  overEthernet("VN-Tag", "8926", `80010002 8100 000a 0800${DATAGRAM}`, "vlan 10"),
  overEthernet("802.1BR", "893f", `0000 0001 0000 0800${DATAGRAM}`),
  overEthernet("802.1CB", "f1c1", `0000 0001 0800${DATAGRAM}`),
  overEthernet("HSR", "892f", `0042 0001 0800${DATAGRAM}`),
  overEthernet("Cisco metadata", "8909", `0101 0001 0007 86dd${DATAGRAM_6}`),
  overEthernet("MACsec, integrity only", "88e5", `00 00 00000001 0800${DATAGRAM}`),
  overEthernet("MACsec with a channel", "88e5", `20 00 00000001 0200000000010001 0800${DATAGRAM}`),
  overEthernet("FabricPath", "8903", `0020 ${FRAME}`),
  overEthernet("TRILL", "22f3", `003f 0001 0002${FRAME}`),
  overEthernet("TRILL with options", "22f3", `007f 0001 0002 00000000${FRAME}`),
  overEthernet("LLC of any length", "8870", `${LLC_SNAP_IPV4}${DATAGRAM}`),
  overEthernet("NSH, IPv4", "894f", `0fc6 01 01 000001ff ${"00".repeat(16)}${DATAGRAM}`),
  overEthernet("NSH, Ethernet", "894f", `0fc2 02 03 000001ff${FRAME}`),
  overIpv4("L2TP", 17, udp(1701, 1701, `0002 0001 0002 ff03 0021${DATAGRAM}`), "l2tp"),
  overIpv4(
    "L2TP with all fields",
    17,
    udp(1701, 1701, `4a02 0000 0001 0002 0003 0004 0002 0000 ff03 0021${DATAGRAM}`),
    "l2tp",
  ),
  overIpv4("LISP", 17, udp(61000, 4341, `80000001 00000001${DATAGRAM_6}`), "lisp"),
  overIpv4("AYIYA", 17, udp(61000, 5072, `4152 11 29 00000000 ${"00".repeat(36)}${DATAGRAM_6}`), "ayiya"),
  overIpv4("TZSP", 17, udp(61000, 37008, `01 00 0001 0a 01 05 00 01${FRAME}`), "tzsp"),
  overIpv4("TZSP, 802.11", 17, udp(61000, 37008, `01 00 0012 01${WIRELESS}`), "tzsp"),
  overIpv4("CAPWAP, Ethernet", 17, udp(61000, 5247, `00 100200 00000000${FRAME}`), "capwap"),
  overIpv4("CAPWAP, 802.11", 17, udp(5247, 61000, `00 100300 00000000 0108${WIRELESS.slice(4)}`), "capwap"),
  overIpv4("MPLS in UDP", 17, udp(61000, 6635, `00064140${DATAGRAM}`), "mpls"),
  overIpv4("EtherIP", 97, `3000${FRAME}`, "etherip"),
  sample("SRv6, Ethernet", 101, ipv6(143, FRAME), "etherip"),
  overIpv4("WCCP 1", 47, `0000 883e${DATAGRAM}`, "gre"),
  overIpv4("WCCP 2", 47, `0000 883e 00000000${DATAGRAM}`, "gre"),
  overIpv4("GRE, Frame Relay", 47, `0000 6559 1841 03 cc${DATAGRAM}`, "gre"),
  overIpv4("GRE of a wireless controller", 47, `0000 8210${WIRELESS}`, "gre"),
];
