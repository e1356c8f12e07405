/**
 * Why a frame gave no segment, in the words that users see. The names are stable: people compare them between runs.
 * "cut": the capture does not hold the octets; "invalid": it does, and they contradict the protocol.
 */
export const DROP_REASONS = [
  "arp",
  "authentication header cut",
  "cisco hdlc header cut",
  "erspan header cut",
  "erspan payload not understood",
  "ethernet header cut",
  "frame relay header cut",
  "frame relay payload not understood",
  "geneve control message",
  "geneve header cut",
  "geneve header invalid",
  "gre header cut",
  "gre version not supported",
  "gre with source routing",
  "gre without payload",
  "gtp-u header cut",
  "gtp-u header invalid",
  "gtp-u signalling",
  "icmp",
  "icmp error without tcp header",
  "icmp header cut",
  "icmpv6",
  "ieee 802.11 aggregate",
  "ieee 802.11 encrypted",
  "ieee 802.11 fragment",
  "ieee 802.11 header cut",
  "ieee 802.11 without data",
  "ipv4 fragment",
  "ipv4 header cut",
  "ipv4 header invalid",
  "ipv4 length invalid",
  "ipv6 extension header cut",
  "ipv6 extension header invalid",
  "ipv6 fragment",
  "ipv6 header cut",
  "ipv6 header invalid",
  "ipv6 length invalid",
  "linux-sll header cut",
  "llc header cut",
  "loopback header cut",
  "mpls header cut",
  "mpls payload not understood",
  "ppp header cut",
  "pppoe header cut",
  "pppoe header invalid",
  "provider backbone header cut",
  "radiotap header cut",
  "raw ip header cut",
  "tcp header cut",
  "tcp header invalid",
  "teredo header cut",
  "too many layers",
  "udp",
  "udp header cut",
  "vlan header cut",
  "vxlan header cut",
  "vxlan header invalid",
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

/** Kinds of reasons that carry a number of 0 to 65535, and how each is spelled. */
export const NUMBERED_REASONS = {
  addressFamily: (number: number) => `address family ${number}`,
  ethertype: (number: number) => `ethertype 0x${hex(number, 4)}`,
  hardwareType: (number: number) => `linux-sll hardware type ${number}`,
  ipProtocol: (number: number) => `ip protocol ${number}`,
  ipVersion: (number: number) => `ip version ${number}`,
  linkType: (number: number) => `link type ${number} not supported`,
  llc: (number: number) => `llc dsap 0x${hex(number, 2)}`,
  pppProtocol: (number: number) => `ppp protocol 0x${hex(number, 4)}`,
  snap: (number: number) => `snap protocol 0x${hex(number, 4)} of a vendor`,
} as const;

export type NumberedReason = keyof typeof NUMBERED_REASONS;

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, "0");
}
