import type { FrameCursor } from "./frame-cursor.js";
import { layerOfIpProtocol } from "./ip-protocol.js";
import { isExtensionHeader } from "./ipv6-extension-headers.js";
import type { Layer } from "./layer.js";
import { readUint16 } from "./octets.js";
import { IS_FIRST_FRAGMENT, IS_LENGTH_FROM_FRAME } from "./segment-batch.js";

// RFC 8200, section 3.
const PAYLOAD_LENGTH_AT = 4;
const NEXT_HEADER_AT = 6;
const HOP_LIMIT_AT = 7;
export const IPV6_HEADER_LENGTH = 40;
/** A jumbo payload beyond 1 GiB is an invention; offsets stay small integers. */
const JUMBO_LENGTH_MAX = 0x3fffffff;

export function decodeIpv6(cursor: FrameCursor): Layer {
  const { bytes, at } = cursor;
  if (cursor.end - at < IPV6_HEADER_LENGTH) return cursor.drop("ipv6 header cut");
  if (bytes[at]! >> 4 !== 6) return cursor.drop("ipv6 header invalid");
  const payloadLength = readUint16(bytes, at + PAYLOAD_LENGTH_AT);
  if (payloadLength !== 0) cursor.endDatagram(at + IPV6_HEADER_LENGTH + payloadLength);
  cursor.facts = payloadLength === 0 ? IS_LENGTH_FROM_FRAME : 0;
  cursor.ipAt = at;
  cursor.ipVersion = 6;
  cursor.ttl = bytes[at + HOP_LIMIT_AT]!;
  cursor.ipId = 0;
  cursor.at = at + IPV6_HEADER_LENGTH;
  const nextHeader = bytes[at + NEXT_HEADER_AT]!;
  if (isExtensionHeader(nextHeader)) return decodeExtensionHeaders(cursor, nextHeader);
  return layerOfIpProtocol(cursor, nextHeader);
}

function decodeExtensionHeaders(cursor: FrameCursor, nextHeader: number): Layer {
  const headers = cursor.extensionHeaders;
  const result = headers.walk(cursor.bytes, nextHeader, cursor.at, cursor.end);
  if (result === "laterFragment") return cursor.drop("ipv6 later fragment");
  if (result === "cut")
    return cursor.drop(
      cursor.end < cursor.wireEnd ? "ipv6 extension header cut" : "ipv6 extension header invalid",
    );
  if (headers.jumboLength !== 0 && cursor.facts === IS_LENGTH_FROM_FRAME) {
    if (headers.jumboLength > JUMBO_LENGTH_MAX) return cursor.drop("ipv6 length invalid");
    if (cursor.at + headers.jumboLength < headers.at) return cursor.drop("ipv6 length invalid");
    cursor.endDatagram(cursor.at + headers.jumboLength);
    cursor.facts = 0;
  }
  if (headers.isFirstFragment) cursor.facts |= IS_FIRST_FRAGMENT;
  cursor.at = headers.at;
  return layerOfIpProtocol(cursor, headers.protocol);
}
