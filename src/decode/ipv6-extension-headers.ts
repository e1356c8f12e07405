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
const OPTION_PAD1 = 0;
const OPTION_JUMBO_PAYLOAD = 0xc2;
const JUMBO_OPTION_LENGTH = 6;

export type ExtensionHeadersEnd = "protocol" | "cut" | "laterFragment";

/** The chain of IPv6 extension headers, RFC 8200, section 4. One object is used again for every chain. */
export class ExtensionHeaders {
  /** Where the chain ends: the upper protocol's header. */
  at = 0;
  /** The upper protocol's number. */
  protocol = 0;
  /** More fragments follow the one that was walked. */
  isFirstFragment = false;
  /** Octets after the fixed header, RFC 2675; 0 without that option. */
  jumboLength = 0;

  /**
   * Walks from `at`, whose header is of type `nextHeader`, to the upper protocol. "cut": a header goes on past
   * `end`; "laterFragment": what follows is not the start of the upper protocol. Each step takes 8 octets or more.
   */
  walk(bytes: Uint8Array, nextHeader: number, at: number, end: number): ExtensionHeadersEnd {
    this.isFirstFragment = false;
    this.jumboLength = 0;
    let type = nextHeader;
    let offset = at;
    while (isExtensionHeader(type)) {
      if (end - offset < MIN_LENGTH) return "cut";
      const length = lengthOf(bytes, type, offset);
      if (end - offset < length) return "cut";
      if (type === FRAGMENT) {
        const field = readUint16(bytes, offset + 2);
        if (field >> 3 !== 0) return "laterFragment";
        // Offset 0 without "more fragments" is an atomic fragment: a whole datagram (RFC 6946).
        this.isFirstFragment = (field & 1) === 1;
      } else if (type === HOP_BY_HOP) this.jumboLength = readJumboLength(bytes, offset + 2, offset + length);
      type = bytes[offset]!;
      offset += length;
    }
    this.at = offset;
    this.protocol = type;
    return "protocol";
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

function readJumboLength(bytes: Uint8Array, at: number, end: number): number {
  let option = at;
  while (end - option >= 2) {
    if (bytes[option] === OPTION_PAD1) option++;
    else {
      const length = bytes[option + 1]! + 2;
      if (bytes[option] === OPTION_JUMBO_PAYLOAD && length === JUMBO_OPTION_LENGTH && end - option >= length)
        return readUint32(bytes, option + 2);
      option += length;
    }
  }
  return 0;
}
