/**
 * Values of a record: a serial type in the record's header and the value's octets, big-endian, in its body.
 * https://www.sqlite.org/fileformat2.html section 2.1. Each function writes the serial type at `typeAt`, the value
 * at `at`, in the fewest octets the format allows, and returns the offset behind the value. They may write up to
 * four octets behind it, which the next value overwrites: one wide store and a table are faster than branches.
 */

/** Serial type of NULL. */
export const NULL_TYPE = 0;
/** Serial types of integers of six and eight octets; 1 to 4 octets are types 1 to 4. */
const SIX_OCTETS_TYPE = 5;
const EIGHT_OCTETS_TYPE = 6;
/** Serial type of the integer 0, which takes no octets; that of 1 follows. */
const ZERO_TYPE = 8;
/** Serial type of a text of no octets; each octet adds 2. */
export const EMPTY_TEXT_TYPE = 13;

/** 2^47: integers from there on, or below minus it, do not fit in six octets. */
const SIX_OCTETS_LIMIT = 2 ** 47;
const LARGEST_INT32 = 0x7fffffff;
const SMALLEST_INT32 = -0x80000000;

/** Octets and serial type of an integer of 0 to 2^31-1, by its number of leading zero bits. */
const OCTETS = new Uint8Array(33);
const TYPES = new Uint8Array(33);
for (let leadingZeros = 0; leadingZeros <= 32; leadingZeros++) {
  // One bit more than the value's for the sign.
  const octets = leadingZeros >= 31 ? 0 : Math.ceil((33 - leadingZeros) / 8);
  OCTETS[leadingZeros] = octets;
  TYPES[leadingZeros] = octets === 0 ? ZERO_TYPE + 32 - leadingZeros : octets;
}

/** `value` is an integer, 0 to 2^31-1. */
export function putUnsigned31(view: DataView, typeAt: number, at: number, value: number): number {
  const leadingZeros = Math.clz32(value);
  const octets = OCTETS[leadingZeros]!;
  view.setUint8(typeAt, TYPES[leadingZeros]!);
  // Left-justified: the first `octets` octets are the value.
  view.setUint32(at, value << (32 - 8 * octets));
  return at + octets;
}

/** `value` is an integer, 0 to 2^32-1. */
export function putUnsigned32(view: DataView, typeAt: number, at: number, value: number): number {
  if (value <= LARGEST_INT32) return putUnsigned31(view, typeAt, at, value);
  view.setUint8(typeAt, SIX_OCTETS_TYPE);
  view.setUint16(at, 0);
  view.setUint32(at + 2, value);
  return at + 6;
}

/** `value` is an integer, -(2^53-1) to 2^53-1. */
export function putInteger(view: DataView, typeAt: number, at: number, value: number): number {
  if (value >= 0 && value <= LARGEST_INT32) return putUnsigned31(view, typeAt, at, value);
  if (value < 0 && value >= SMALLEST_INT32) return putNegative32(view, typeAt, at, value);
  // `>>> 0` is modulo 2^32, so this splits two's complement for negative values too.
  const lower = value >>> 0;
  const upper = (value - lower) / 0x100000000;
  if (value >= -SIX_OCTETS_LIMIT && value < SIX_OCTETS_LIMIT) {
    view.setUint8(typeAt, SIX_OCTETS_TYPE);
    view.setInt16(at, upper);
    view.setUint32(at + 2, lower);
    return at + 6;
  }
  view.setUint8(typeAt, EIGHT_OCTETS_TYPE);
  view.setInt32(at, upper);
  view.setUint32(at + 4, lower);
  return at + 8;
}

/** `value` is an integer, -2^31 to -1. */
function putNegative32(view: DataView, typeAt: number, at: number, value: number): number {
  // As many octets as its complement, which is not negative; -1 and -2 need one too.
  const octets = Math.max(1, OCTETS[Math.clz32(~value)]!);
  view.setUint8(typeAt, octets);
  view.setUint32(at, value << (32 - 8 * octets));
  return at + octets;
}
