import { layerOfEthertype } from "./ethertype.js";
import type { FrameCursor } from "./frame-cursor.js";
import { IPV4, IPV6, type Layer, LLC } from "./layer.js";
import { readUint16, readUint32 } from "./octets.js";

/** RFC 2625, section 3.1: two addresses of 8 octets. https://www.tcpdump.org/linktypes/LINKTYPE_IP_OVER_FC.html */
const FIBRE_CHANNEL_LENGTH = 16;

export function decodeIpOverFibreChannel(cursor: FrameCursor): Layer {
  if (!cursor.has(FIBRE_CHANNEL_LENGTH)) return cursor.drop("fibre channel header cut");
  cursor.at += FIBRE_CHANNEL_LENGTH;
  return LLC;
}

/** Global route header, EtherType, two octets reserved. RFC 4391, section 6, behind the header of the InfiniBand packet. */
const INFINIBAND_TYPE_AT = 40;
const INFINIBAND_LENGTH = 44;

export function decodeIpOverInfiniband(cursor: FrameCursor): Layer {
  if (!cursor.has(INFINIBAND_LENGTH)) return cursor.drop("infiniband header cut");
  const type = readUint16(cursor.bytes, cursor.at + INFINIBAND_TYPE_AT);
  cursor.at += INFINIBAND_LENGTH;
  return layerOfEthertype(cursor, type);
}

/** Two addresses of 8 octets, EtherType. https://www.tcpdump.org/linktypes/LINKTYPE_APPLE_IP_OVER_IEEE1394.html */
const FIREWIRE_TYPE_AT = 16;
const FIREWIRE_LENGTH = 18;

export function decodeIpOverFireWire(cursor: FrameCursor): Layer {
  if (!cursor.has(FIREWIRE_LENGTH)) return cursor.drop("ieee 1394 header cut");
  const type = readUint16(cursor.bytes, cursor.at + FIREWIRE_TYPE_AT);
  cursor.at += FIREWIRE_LENGTH;
  return layerOfEthertype(cursor, type);
}

/** Direction and traffic type, path, circuit. https://www.tcpdump.org/linktypes/LINKTYPE_SUNATM.html */
const SUNATM_LENGTH = 4;
const SUNATM_TYPE_MASK = 0x0f;
const SUNATM_LLC = 2;

export function decodeSunAtm(cursor: FrameCursor): Layer {
  if (!cursor.has(SUNATM_LENGTH)) return cursor.drop("sunatm header cut");
  const type = cursor.bytes[cursor.at]! & SUNATM_TYPE_MASK;
  cursor.at += SUNATM_LENGTH;
  return type === SUNATM_LLC ? LLC : cursor.drop("sunatm without llc");
}

/** Family, …, length of what follows: https://www.tcpdump.org/linktypes/LINKTYPE_IPNET.html */
const IPNET_FAMILY_AT = 1;
const IPNET_PAYLOAD_LENGTH_AT = 4;
const IPNET_LENGTH = 24;
const IPNET_AF_INET = 2;
const IPNET_AF_INET6 = 26;

/** Solaris's view of a datagram between zones. */
export function decodeIpnet(cursor: FrameCursor): Layer {
  if (!cursor.has(IPNET_LENGTH)) return cursor.drop("ipnet header cut");
  const { bytes, at } = cursor;
  const family = bytes[at + IPNET_FAMILY_AT]!;
  cursor.at += IPNET_LENGTH;
  cursor.limit(
    cursor.at + Math.min(readUint32(bytes, at + IPNET_PAYLOAD_LENGTH_AT), cursor.wireEnd - cursor.at),
  );
  if (family === IPNET_AF_INET) return IPV4;
  return family === IPNET_AF_INET6 ? IPV6 : cursor.dropNumbered("addressFamily", family);
}

// Two generations of the header, told by where the EtherType stands; the other place is 0.
// https://www.tcpdump.org/linktypes/LINKTYPE_SYMANTEC_FIREWALL.html
const SYMANTEC_OLD_TYPE_AT = 6;
const SYMANTEC_OLD_LENGTH = 44;
const SYMANTEC_TYPE_AT = 10;
const SYMANTEC_LENGTH = 56;

export function decodeSymantec(cursor: FrameCursor): Layer {
  if (!cursor.has(SYMANTEC_OLD_LENGTH)) return cursor.drop("symantec header cut");
  const oldType = readUint16(cursor.bytes, cursor.at + SYMANTEC_OLD_TYPE_AT);
  const length = oldType === 0 ? SYMANTEC_LENGTH : SYMANTEC_OLD_LENGTH;
  const type = oldType === 0 ? readUint16(cursor.bytes, cursor.at + SYMANTEC_TYPE_AT) : oldType;
  if (!cursor.has(length)) return cursor.drop("symantec header cut");
  cursor.at += length;
  return layerOfEthertype(cursor, type);
}
