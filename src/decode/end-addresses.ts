import type { FrameCursor } from "./frame-cursor.js";

// The addresses that TCP knows at both ends, where the IP header has others while the datagram is on its way.

/** A field of a fixed header. */
interface AddressField {
  readonly at: number;
  readonly lengthBytes: number;
  readonly headerLength: number;
}
const IPV4_DESTINATION: AddressField = { at: 16, lengthBytes: 4, headerLength: 20 };
const IPV6_SOURCE: AddressField = { at: 8, lengthBytes: 16, headerLength: 40 };
const IPV6_DESTINATION: AddressField = { at: 24, lengthBytes: 16, headerLength: 40 };

// RFC 791, section 3.1.
const OPTIONS_AT = 20;
const OPTION_END = 0;
const OPTION_NOP = 1;
const OPTION_LOOSE_ROUTE = 131;
const OPTION_STRICT_ROUTE = 137;
const ADDRESS_LENGTH = 4;
/** Type, length, pointer and one address. */
const ROUTE_LENGTH_MIN = 7;

/**
 * Where a source route is not used up, the destination field holds the next router and the route's last address the
 * destination that TCP knows: RFC 1122, section 3.2.1.8. Reads the options from `ipAt + 20` to `end`.
 */
export function takeIpv4Destination(cursor: FrameCursor, end: number): void {
  const { bytes, ipAt } = cursor;
  let option = ipAt + OPTIONS_AT;
  while (option < end && bytes[option] !== OPTION_END) {
    const type = bytes[option]!;
    if (type === OPTION_NOP) {
      option++;
      continue;
    }
    const length = option + 1 < end ? bytes[option + 1]! : 0;
    if (length < 2 || option + length > end) return;
    if (type === OPTION_LOOSE_ROUTE || type === OPTION_STRICT_ROUTE) {
      const pointer = length < ROUTE_LENGTH_MIN ? 0 : bytes[option + 2]!;
      const isAtAddress = pointer >= ADDRESS_LENGTH && pointer % ADDRESS_LENGTH === 0;
      if (isAtAddress && pointer <= length)
        replaceAddress(cursor, IPV4_DESTINATION, option + length - ADDRESS_LENGTH);
      return;
    }
    option += length;
  }
}

/** The same for IPv6, whose routing header has the destination at `destinationAt`. */
export function takeIpv6Destination(cursor: FrameCursor, destinationAt: number): void {
  replaceAddress(cursor, IPV6_DESTINATION, destinationAt);
}

/** A mobile node away from home: its home address, in an option at `homeAddressAt`, is its own (RFC 6275, section 6.3). */
export function takeIpv6Source(cursor: FrameCursor, homeAddressAt: number): void {
  replaceAddress(cursor, IPV6_SOURCE, homeAddressAt);
}

/** Puts a copy of the fixed IP header behind the frames' octets, with the address that stands at `addressAt`. */
function replaceAddress(
  cursor: FrameCursor,
  { at, lengthBytes, headerLength }: AddressField,
  addressAt: number,
): void {
  const { ipAt } = cursor;
  const copyAt = cursor.append(headerLength);
  cursor.bytes.copyWithin(copyAt, ipAt, ipAt + headerLength);
  cursor.bytes.copyWithin(copyAt + at, addressAt, addressAt + lengthBytes);
  cursor.ipAt = copyAt;
}
