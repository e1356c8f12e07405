import { takeIpv6Destination, takeIpv6Source } from "./end-addresses.js";
import type { FrameCursor } from "./frame-cursor.js";
import { layerOfIpProtocol } from "./ip-protocol.js";
import { isExtensionHeader } from "./ipv6-extension-headers.js";
import type { Layer } from "./layer.js";
import { readUint16 } from "./octets.js";
import { reassemble } from "./reassemble.js";
import { IS_LENGTH_FROM_FRAME } from "./segment-batch.js";

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
  const isCut = cursor.end < cursor.wireEnd;
  let result = headers.walk(cursor.bytes, nextHeader, cursor.at, cursor.end);
  const { destinationAt, homeAddressAt } = headers;
  if (result === "fragment") {
    // What a snaplen cut is never put together.
    if (isCut || cursor.facts !== 0 || headers.at === cursor.end) return cursor.drop("ipv6 fragment");
    cursor.at = headers.at;
    const { identification, fragmentOffset: offset, isLastFragment: isLast } = headers;
    // No protocol: only the first fragment's counts, and the identification alone tells datagrams apart.
    if (!reassemble(cursor, { identification, protocol: 0, offset, isLast }))
      return cursor.drop("ipv6 fragment");
    result = headers.walk(cursor.bytes, headers.protocol, cursor.at, cursor.end);
  } else if (headers.jumboLength !== 0 && cursor.facts === IS_LENGTH_FROM_FRAME && result === "protocol") {
    if (headers.jumboLength > JUMBO_LENGTH_MAX) return cursor.drop("ipv6 length invalid");
    if (cursor.at + headers.jumboLength < headers.at) return cursor.drop("ipv6 length invalid");
    cursor.endDatagram(cursor.at + headers.jumboLength);
    cursor.facts = 0;
  }
  if (result !== "protocol")
    return cursor.drop(isCut ? "ipv6 extension header cut" : "ipv6 extension header invalid");
  // Both may stand before the fragment header, or behind it.
  const destination = headers.destinationAt || destinationAt;
  const source = headers.homeAddressAt || homeAddressAt;
  if (destination !== 0) takeIpv6Destination(cursor, destination);
  if (source !== 0) takeIpv6Source(cursor, source);
  cursor.at = headers.at;
  return layerOfIpProtocol(cursor, headers.protocol);
}
