import { readUint16, readUint32 } from "./octets.js";

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HOST_IDENTITY = 139;
const SHIM6 = 140;

const MIN_LENGTH = 8;
// Routing headers, RFC 8200, section 4.4. Source routes of type 0 (RFC 5095 ended them) list the destination last;
// mobility's type 2 (RFC 6275, section 6.4) has it alone, segment routing's type 4 (RFC 8754, section 2) first.
const ROUTE_TYPE_AT = 2;
const ROUTE_SEGMENTS_LEFT_AT = 3;
const ROUTE_ADDRESSES_AT = 8;
const ROUTE_SOURCE = 0;
const ROUTE_MOBILE = 2;
const ROUTE_SEGMENTS = 4;
const ADDRESS_LENGTH = 16;
const OPTION_PAD1 = 0;
const OPTION_JUMBO_PAYLOAD = 0xc2;
const JUMBO_VALUE_LENGTH = 4;
const OPTION_HOME_ADDRESS = 0xc9;

export type ExtensionHeadersEnd = "protocol" | "cut" | "fragment";

/** The chain of IPv6 extension headers, RFC 8200, section 4. One object is used again for every chain. */
export class ExtensionHeaders {
  /** Where the walk ended: the upper protocol's header, or the octets of a fragment behind its header. */
  at = 0;
  /** Number of the protocol there; of a fragment, that of the datagram's. */
  protocol = 0;
  /** Of a fragment: octets of the datagram before it, whether it is the last, and the datagram's number. */
  fragmentOffset = 0;
  isLastFragment = false;
  identification = 0;
  /** Offset of the final destination in a routing header; 0 without one. */
  destinationAt = 0;
  /** Offset of a mobile node's home address, RFC 6275, section 6.3; 0 without one. */
  homeAddressAt = 0;
  /** Octets after the fixed header, RFC 2675; 0 without that option. */
  jumboLength = 0;

  /**
   * Walks from `at`, whose header is of type `nextHeader`, to the upper protocol. "cut": a header goes on past
   * `end`; "fragment": what follows is a part of a datagram. Each step takes 8 octets or more.
   */
  walk(bytes: Uint8Array, nextHeader: number, at: number, end: number): ExtensionHeadersEnd {
    this.jumboLength = 0;
    this.destinationAt = 0;
    this.homeAddressAt = 0;
    let type = nextHeader;
    let offset = at;
    while (isExtensionHeader(type)) {
      if (end - offset < MIN_LENGTH) return "cut";
      const length = lengthOf(bytes, type, offset);
      if (end - offset < length) return "cut";
      if (type === FRAGMENT) {
        const field = readUint16(bytes, offset + 2);
        this.fragmentOffset = field & 0xfff8;
        this.isLastFragment = (field & 1) === 0;
        this.identification = readUint32(bytes, offset + 4);
        this.at = offset + length;
        this.protocol = bytes[offset]!;
        // Offset 0 without "more fragments" is an atomic fragment: a whole datagram (RFC 6946).
        if (this.fragmentOffset !== 0 || !this.isLastFragment) return "fragment";
      } else if (type === ROUTING) this.#readRoute(bytes, offset, offset + length);
      else if (type === HOP_BY_HOP) this.#readJumboLength(bytes, offset, offset + length);
      else if (type === DESTINATION_OPTIONS)
        this.homeAddressAt = findOption(
          bytes,
          offset + 2,
          offset + length,
          OPTION_HOME_ADDRESS,
          ADDRESS_LENGTH,
        );
      type = bytes[offset]!;
      offset += length;
    }
    this.at = offset;
    this.protocol = type;
    return "protocol";
  }

  #readJumboLength(bytes: Uint8Array, at: number, end: number): void {
    const valueAt = findOption(bytes, at + 2, end, OPTION_JUMBO_PAYLOAD, JUMBO_VALUE_LENGTH);
    if (valueAt !== 0) this.jumboLength = readUint32(bytes, valueAt);
  }

  /** While segments are left, the final destination stands in the routing header. */
  #readRoute(bytes: Uint8Array, at: number, end: number): void {
    if (bytes[at + ROUTE_SEGMENTS_LEFT_AT] === 0 || end - at < ROUTE_ADDRESSES_AT + ADDRESS_LENGTH) return;
    const first = at + ROUTE_ADDRESSES_AT;
    switch (bytes[at + ROUTE_TYPE_AT]) {
      case ROUTE_SOURCE:
        this.destinationAt = first + (Math.floor((end - first) / ADDRESS_LENGTH) - 1) * ADDRESS_LENGTH;
        break;
      case ROUTE_MOBILE:
      case ROUTE_SEGMENTS:
        this.destinationAt = first;
        break;
    }
  }
}

export function isExtensionHeader(type: number): boolean {
  switch (type) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case AUTHENTICATION:
    case DESTINATION_OPTIONS:
    case MOBILITY:
    case HOST_IDENTITY:
    case SHIM6:
      return true;
    default:
      return false;
  }
}

function lengthOf(bytes: Uint8Array, type: number, at: number): number {
  if (type === FRAGMENT) return MIN_LENGTH;
  // AH counts in units of 4 octets, minus 2 (RFC 4302, section 2.2); all others in units of 8, minus 1.
  if (type === AUTHENTICATION) return (bytes[at + 1]! + 2) * 4;
  return (bytes[at + 1]! + 1) * 8;
}

/** Offset of the value of the first option of that type and length; 0 without one. */
function findOption(bytes: Uint8Array, at: number, end: number, type: number, valueLength: number): number {
  let option = at;
  while (end - option >= 2) {
    if (bytes[option] === OPTION_PAD1) option++;
    else {
      const length = bytes[option + 1]! + 2;
      if (bytes[option] === type && length === valueLength + 2 && end - option >= length) return option + 2;
      option += length;
    }
  }
  return 0;
}
