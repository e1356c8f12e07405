import type { FrameCursor } from "./frame-cursor.js";
import type { Layer } from "./layer.js";
import * as layers from "./layer.js";
import { readUint16 } from "./octets.js";

/** RFC 768. */
const UDP_LENGTH = 8;
const DESTINATION_PORT_AT = 2;

/** Ports of tunnels: https://www.iana.org/assignments/service-names-port-numbers, where no RFC is named. */
const TUNNELS: ReadonlyMap<number, Layer> = new Map([
  [1701, layers.L2TP],
  // The control plane's port; some send the user plane from and to it as well.
  [2123, layers.GTP_U],
  [2152, layers.GTP_U],
  [3544, layers.TEREDO],
  [4341, layers.LISP],
  [4754, layers.GRE], // RFC 8086
  [4789, layers.VXLAN],
  [4790, layers.VXLAN_GPE],
  [5072, layers.AYIYA],
  [5247, layers.CAPWAP],
  [6081, layers.GENEVE],
  [6635, layers.MPLS], // RFC 7510
  [8472, layers.VXLAN], // Linux's, from before one was assigned
  [37008, layers.TZSP],
]);

/**
 * UDP as far as it carries tunnels, told by the destination port: many choose the source port at random. Others answer
 * from the well-known one.
 */
export function decodeUdp(cursor: FrameCursor): Layer {
  if (!cursor.has(UDP_LENGTH)) return cursor.drop("udp header cut");
  const sourcePort = readUint16(cursor.bytes, cursor.at);
  const destinationPort = readUint16(cursor.bytes, cursor.at + DESTINATION_PORT_AT);
  const layer = TUNNELS.get(destinationPort) ?? TUNNELS.get(sourcePort);
  if (layer === undefined) return cursor.drop("udp");
  cursor.at += UDP_LENGTH;
  return layer;
}
