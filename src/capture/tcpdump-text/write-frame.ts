import type { RawNumbers } from "./absolute-numbers.js";
import type { TextEndpoint } from "./name-table.js";
import { SACK } from "./read-options.js";
import type { TextPacket } from "./text-packet.js";

const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
const TCP_HEADER_BYTES = 20;
const PROTOCOL_TCP = 6;
const DONT_FRAGMENT = 0x4000;
/** What an IP header's length field holds; larger packets leave it 0, as segmentation offload does. */
const MAX_IP_LENGTH = 0xffff;

export interface WrittenFrame {
  /** IP and TCP header. */
  readonly bytes: Uint8Array;
  /** With the payload. */
  readonly wireLength: number;
}

/**
 * The headers that a packet's text tells, as raw IP. What it does not tell is 0, and so never taken for the sign that
 * it would be in a real header: TTL, identification, checksum.
 */
export function writeFrame(
  packet: TextPacket,
  [source, destination]: readonly [TextEndpoint, TextEndpoint],
  numbers: RawNumbers,
  identification: number,
): WrittenFrame {
  const isIpv4 = source.address.length === 4;
  const ipBytes = isIpv4 ? IPV4_HEADER_BYTES : IPV6_HEADER_BYTES;
  const bytes = new Uint8Array(ipBytes + TCP_HEADER_BYTES + packet.options.length);
  const view = new DataView(bytes.buffer);
  const wireLength = bytes.length + packet.lengthBytes;
  if (isIpv4) {
    bytes[0] = 0x45;
    bytes[1] = packet.tos;
    view.setUint16(2, wireLength > MAX_IP_LENGTH ? 0 : wireLength);
    view.setUint16(4, identification);
    view.setUint16(6, packet.isDontFragment ? DONT_FRAGMENT : 0);
    bytes[8] = packet.ttl;
    bytes[9] = PROTOCOL_TCP;
    bytes.set(source.address, 12);
    bytes.set(destination.address, 16);
  } else {
    const payloadBytes = wireLength - IPV6_HEADER_BYTES;
    view.setUint16(0, 0x6000 | (packet.tos << 4));
    view.setUint16(4, payloadBytes > MAX_IP_LENGTH ? 0 : payloadBytes);
    bytes[6] = PROTOCOL_TCP;
    bytes[7] = packet.ttl;
    bytes.set(source.address, 8);
    bytes.set(destination.address, 24);
  }
  view.setUint16(ipBytes, source.port);
  view.setUint16(ipBytes + 2, destination.port);
  view.setUint32(ipBytes + 4, numbers.seq);
  view.setUint32(ipBytes + 8, numbers.ack);
  view.setUint16(ipBytes + 12, (((TCP_HEADER_BYTES + packet.options.length) / 4) << 12) | packet.flags);
  view.setUint16(ipBytes + 14, packet.window);
  view.setUint16(ipBytes + 16, packet.checksum);
  view.setUint16(ipBytes + 18, packet.urgent);
  const optionsAt = ipBytes + TCP_HEADER_BYTES;
  bytes.set(packet.options, optionsAt);
  makeSackAbsolute(view, optionsAt, numbers.sackBase);
  return { bytes, wireLength };
}

/** Adds the base to the edges of SACK blocks, RFC 2018 section 3. The options are well-formed: we wrote them. */
function makeSackAbsolute(view: DataView, optionsAt: number, base: number): void {
  for (let at = optionsAt; at + 1 < view.byteLength; ) {
    const kind = view.getUint8(at);
    if (kind <= 1) {
      at++;
      continue;
    }
    const end = at + view.getUint8(at + 1);
    if (kind === SACK)
      for (let edge = at + 2; edge < end; edge += 4)
        view.setUint32(edge, (view.getUint32(edge) + base) >>> 0);
    at = end;
  }
}
