import { ETHER_IP_TUNNEL, IPV4_IN_IPV4, IPV4_IN_IPV6, IPV6_IN_IPV4, IPV6_IN_IPV6 } from "./encapsulations.js";
import type { FrameCursor } from "./frame-cursor.js";
import {
  AUTHENTICATION,
  ETHER_IP,
  ETHERNET,
  GRE,
  ICMP,
  ICMPV6,
  IP_COMPRESSION,
  IPV4,
  IPV6,
  type Layer,
  MPLS,
  TCP,
  UDP,
} from "./layer.js";

// Numbers: https://www.iana.org/assignments/protocol-numbers
const PROTOCOL_ICMP = 1;
const PROTOCOL_IPV4 = 4;
export const PROTOCOL_TCP = 6;
const PROTOCOL_UDP = 17;
const PROTOCOL_IPV6 = 41;
const PROTOCOL_GRE = 47;
const PROTOCOL_AUTHENTICATION = 51;
const PROTOCOL_ICMPV6 = 58;
/** RFC 3378. */
const PROTOCOL_ETHER_IP = 97;
const PROTOCOL_IP_COMPRESSION = 108;
const PROTOCOL_MPLS = 137;
/** An Ethernet frame behind a segment routing header: RFC 8986, section 4.9. */
const PROTOCOL_ETHERNET = 143;

/** The layer behind the innermost IP header; the frame is counted by number when we read none. */
export function layerOfIpProtocol(cursor: FrameCursor, protocol: number): Layer {
  const isIpv4 = cursor.ipVersion === 4;
  switch (protocol) {
    case PROTOCOL_TCP:
      return TCP;
    case PROTOCOL_UDP:
      return UDP;
    case PROTOCOL_ICMP:
      return isIpv4 ? ICMP : cursor.dropNumbered("ipProtocol", protocol);
    case PROTOCOL_ICMPV6:
      return isIpv4 ? cursor.dropNumbered("ipProtocol", protocol) : ICMPV6;
    case PROTOCOL_IPV4:
      cursor.enter(isIpv4 ? IPV4_IN_IPV4 : IPV4_IN_IPV6, 0);
      return IPV4;
    case PROTOCOL_IPV6:
      cursor.enter(isIpv4 ? IPV6_IN_IPV4 : IPV6_IN_IPV6, 0);
      return IPV6;
    case PROTOCOL_GRE:
      return GRE;
    case PROTOCOL_AUTHENTICATION:
      return AUTHENTICATION;
    case PROTOCOL_MPLS:
      return MPLS;
    case PROTOCOL_IP_COMPRESSION:
      return IP_COMPRESSION;
    case PROTOCOL_ETHER_IP:
      return ETHER_IP;
    case PROTOCOL_ETHERNET:
      cursor.enter(ETHER_IP_TUNNEL, 0);
      return ETHERNET;
    default:
      return cursor.dropNumbered("ipProtocol", protocol);
  }
}

/** RFC 4302, section 2: next header, then the length in units of 4 octets, minus 2. */
const AUTHENTICATION_LENGTH_MIN = 12;

/** The authentication header over IPv4; over IPv6 it is one of the extension headers. */
export function decodeAuthentication(cursor: FrameCursor): Layer {
  if (!cursor.has(AUTHENTICATION_LENGTH_MIN)) return cursor.drop("authentication header cut");
  const { bytes, at } = cursor;
  const length = (bytes[at + 1]! + 2) * 4;
  if (!cursor.has(length)) return cursor.drop("authentication header cut");
  cursor.at += length;
  return layerOfIpProtocol(cursor, bytes[at]!);
}

/** Version and reserved bits. RFC 3378, section 3. */
const ETHER_IP_LENGTH = 2;

export function decodeEtherIp(cursor: FrameCursor): Layer {
  if (!cursor.has(ETHER_IP_LENGTH)) return cursor.drop("etherip header cut");
  cursor.at += ETHER_IP_LENGTH;
  cursor.enter(ETHER_IP_TUNNEL, 0);
  return ETHERNET;
}
