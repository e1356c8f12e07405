import { layerOfEthertype } from "./ethertype.js";
import type { FrameCursor } from "./frame-cursor.js";
import { type Layer, LLC, PPP, RADIOTAP } from "./layer.js";
import { readUint16 } from "./octets.js";

/** https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
const SLL = { hardwareTypeAt: 2, protocolAt: 14, length: 16 } as const;
/** https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
const SLL2 = { protocolAt: 0, hardwareTypeAt: 8, length: 20 } as const;

// ARPHRD_ values of Linux under which the protocol field is no EtherType.
const HARDWARE_RADIOTAP = 803;
const HARDWARE_NETLINK = 824;

/** ETH_P_802_2 of Linux: an LLC header follows. */
const PROTOCOL_LLC = 0x0004;
/** ETH_P_PPP_MP of Linux. */
const PROTOCOL_PPP = 0x0007;
/** Smaller protocol numbers are Linux's own, not EtherTypes. */
const ETHERTYPE_MIN = 0x0600;

/** Linux cooked capture, version 1. */
export function decodeLinuxSll(cursor: FrameCursor): Layer {
  if (!cursor.has(SLL.length)) return cursor.drop("linux-sll header cut");
  const hardwareType = readUint16(cursor.bytes, cursor.at + SLL.hardwareTypeAt);
  const protocol = readUint16(cursor.bytes, cursor.at + SLL.protocolAt);
  cursor.at += SLL.length;
  return layerOfProtocol(cursor, hardwareType, protocol);
}

/** Linux cooked capture, version 2. */
export function decodeLinuxSll2(cursor: FrameCursor): Layer {
  if (!cursor.has(SLL2.length)) return cursor.drop("linux-sll header cut");
  const protocol = readUint16(cursor.bytes, cursor.at + SLL2.protocolAt);
  const hardwareType = readUint16(cursor.bytes, cursor.at + SLL2.hardwareTypeAt);
  cursor.at += SLL2.length;
  return layerOfProtocol(cursor, hardwareType, protocol);
}

function layerOfProtocol(cursor: FrameCursor, hardwareType: number, protocol: number): Layer {
  if (protocol >= ETHERTYPE_MIN) return layerOfEthertype(cursor, protocol);
  if (hardwareType === HARDWARE_NETLINK) return cursor.dropNumbered("hardwareType", hardwareType);
  if (hardwareType === HARDWARE_RADIOTAP) return RADIOTAP;
  if (protocol === PROTOCOL_PPP) return PPP;
  return protocol === PROTOCOL_LLC ? LLC : cursor.dropNumbered("ethertype", protocol);
}
