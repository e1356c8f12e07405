/**
 * SQLite's variable-length integers: big-endian groups of seven bits, the high bit set on all octets but the last.
 * https://www.sqlite.org/fileformat2.html section 1.6. Here 0 to 2^53-1, so at most eight octets.
 */

/** Octets that `value` (0 to 2^53-1) takes: 1 to 8. */
export function varintLength(value: number): number {
  let length = 1;
  for (let limit = 128; value >= limit; limit *= 128) length++;
  return length;
}

/** Writes `value` (0 to 2^53-1) at `at` and returns the offset behind it. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  if (value < 0x80) {
    bytes[at] = value;
    return at + 1;
  }
  if (value < 0x4000) {
    bytes[at] = (value >> 7) | 0x80;
    bytes[at + 1] = value & 0x7f;
    return at + 2;
  }
  if (value < 0x200000) {
    bytes[at] = (value >> 14) | 0x80;
    bytes[at + 1] = (value >> 7) | 0x80;
    bytes[at + 2] = value & 0x7f;
    return at + 3;
  }
  const end = at + varintLength(value);
  let rest = value;
  for (let position = end - 1; position >= at; position--) {
    // Bit operations would cut at 32 bits.
    const upper = Math.floor(rest / 128);
    bytes[position] = (rest - upper * 128) | (position === end - 1 ? 0 : 0x80);
    rest = upper;
  }
  return end;
}

/** Reads a varint of 0 to 2^53-1 at `at`. */
export function readVarint(bytes: Uint8Array, at: number): number {
  let value = 0;
  let position = at;
  while (bytes[position]! > 0x7f) value = value * 128 + (bytes[position++]! & 0x7f);
  return value * 128 + bytes[position]!;
}
