import type { FrameCursor } from "./frame-cursor.js";

/** Length, itself included, and type; the value, padded to 4 octets, follows. linux/netlink.h, struct nlattr. */
const HEADER_LENGTH = 4;
const TYPE_MASK = 0x7fff;

/**
 * Finds the value of the first netlink attribute of a type between the cursor and its end; the cursor then stands at
 * it and ends with it. Numbers are in the byte order of the machine that captured.
 */
export function enterAttribute(cursor: FrameCursor, type: number, isLittleEndian: boolean): boolean {
  const { bytes, wireEnd } = cursor;
  const read = (at: number): number =>
    isLittleEndian ? bytes[at]! | (bytes[at + 1]! << 8) : (bytes[at]! << 8) | bytes[at + 1]!;
  let { at } = cursor;
  while (cursor.end - at >= HEADER_LENGTH) {
    const length = read(at);
    if (length < HEADER_LENGTH) return false;
    if ((read(at + 2) & TYPE_MASK) === type) {
      cursor.at = at + HEADER_LENGTH;
      cursor.limit(Math.min(at + length, wireEnd));
      return true;
    }
    at += length + (-length & 3);
  }
  return false;
}
