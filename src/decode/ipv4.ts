import { takeIpv4Destination } from "./end-addresses.js";
import type { FrameCursor } from "./frame-cursor.js";
import { layerOfIpProtocol } from "./ip-protocol.js";
import type { Layer } from "./layer.js";
import { readUint16 } from "./octets.js";
import { reassemble } from "./reassemble.js";
import { IS_FIRST_FRAGMENT, IS_LENGTH_FROM_FRAME } from "./segment-batch.js";

// RFC 791, section 3.1.
const TOTAL_LENGTH_AT = 2;
const IDENTIFICATION_AT = 4;
const FRAGMENT_AT = 6;
const TTL_AT = 8;
const PROTOCOL_AT = 9;
export const IPV4_HEADER_LENGTH_MIN = 20;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET_MASK = 0x1fff;

export function decodeIpv4(cursor: FrameCursor): Layer {
  const { bytes, at } = cursor;
  if (cursor.end - at < IPV4_HEADER_LENGTH_MIN) return cursor.drop("ipv4 header cut");
  const versionAndLength = bytes[at]!;
  const headerLength = (versionAndLength & 0x0f) * 4;
  if (versionAndLength >> 4 !== 4 || headerLength < IPV4_HEADER_LENGTH_MIN)
    return cursor.drop("ipv4 header invalid");

  let facts = 0;
  let totalLength = readUint16(bytes, at + TOTAL_LENGTH_AT);
  if (totalLength === 0) {
    // Segmentation offload above 64 KiB (BIG TCP) and some drivers leave the field empty.
    totalLength = cursor.wireEnd - at;
    facts = IS_LENGTH_FROM_FRAME;
  }
  if (totalLength < headerLength) return cursor.drop("ipv4 length invalid");
  cursor.endDatagram(at + totalLength);
  if (cursor.end - at < headerLength) return cursor.drop("ipv4 header cut");

  const protocol = bytes[at + PROTOCOL_AT]!;
  cursor.facts = facts;
  cursor.ipAt = at;
  cursor.ipVersion = 4;
  cursor.ttl = bytes[at + TTL_AT]!;
  cursor.ipId = readUint16(bytes, at + IDENTIFICATION_AT);
  cursor.at = at + headerLength;
  const fragment = readUint16(bytes, at + FRAGMENT_AT);
  const isFragment = (fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET_MASK)) !== 0;
  if (isFragment && !takeFragment(cursor, protocol, fragment, totalLength - headerLength))
    return cursor.drop("ipv4 fragment");
  if (headerLength > IPV4_HEADER_LENGTH_MIN) takeIpv4Destination(cursor, cursor.ipAt + headerLength);
  return layerOfIpProtocol(cursor, protocol);
}

/** True when the cursor stands at the beginning of a datagram's payload: of a whole one, or of a cut one's first fragment. */
function takeFragment(
  cursor: FrameCursor,
  protocol: number,
  fragment: number,
  payloadLength: number,
): boolean {
  const offset = (fragment & FRAGMENT_OFFSET_MASK) * 8;
  const isLast = (fragment & MORE_FRAGMENTS) === 0;
  if (payloadLength > 0 && cursor.has(payloadLength))
    return reassemble(cursor, { identification: cursor.ipId, protocol, offset, isLast });
  // What a snaplen cut is never put together; the first fragment still has the TCP header.
  cursor.facts |= IS_FIRST_FRAGMENT;
  return offset === 0;
}
