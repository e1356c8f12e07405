import type { FrameCursor } from "./frame-cursor.js";
import { GENEVE, GRE, GTP_U, type Layer, TEREDO, VXLAN, VXLAN_GPE } from "./layer.js";
import { readUint16 } from "./octets.js";

/** RFC 768. */
const UDP_LENGTH = 8;
const DESTINATION_PORT_AT = 2;

// Ports: https://www.iana.org/assignments/service-names-port-numbers
const PORT_GTP_U = 2152;
const PORT_TEREDO = 3544;
/** RFC 8086. */
const PORT_GRE = 4754;
const PORT_VXLAN = 4789;
const PORT_VXLAN_GPE = 4790;
const PORT_GENEVE = 6081;
/** Linux's port for VXLAN from before one was assigned. */
const PORT_VXLAN_LINUX = 8472;

/**
 * UDP as far as it carries tunnels, told by the destination port. VXLAN and Geneve choose the source port at random,
 * GTP-U and Teredo answer from the well-known one.
 */
export function decodeUdp(cursor: FrameCursor): Layer {
  if (!cursor.has(UDP_LENGTH)) return cursor.drop("udp header cut");
  const sourcePort = readUint16(cursor.bytes, cursor.at);
  const destinationPort = readUint16(cursor.bytes, cursor.at + DESTINATION_PORT_AT);
  const layer = layerOfPorts(sourcePort, destinationPort);
  if (layer === undefined) return cursor.drop("udp");
  cursor.at += UDP_LENGTH;
  return layer;
}

function layerOfPorts(sourcePort: number, destinationPort: number): Layer | undefined {
  switch (destinationPort) {
    case PORT_GRE:
      return GRE;
    case PORT_VXLAN:
    case PORT_VXLAN_LINUX:
      return VXLAN;
    case PORT_VXLAN_GPE:
      return VXLAN_GPE;
    case PORT_GENEVE:
      return GENEVE;
    case PORT_GTP_U:
      return GTP_U;
    case PORT_TEREDO:
      return TEREDO;
    default:
      if (sourcePort === PORT_GTP_U) return GTP_U;
      return sourcePort === PORT_TEREDO ? TEREDO : undefined;
  }
}
