import { MPLS_PATH } from "./encapsulations.js";
import { ETHERNET_HEADER_LENGTH } from "./ethernet.js";
import { isCommonEthertype } from "./ethertype.js";
import type { FrameCursor } from "./frame-cursor.js";
import { ETHERNET, IPV4, IPV6, type Layer } from "./layer.js";
import { readUint16 } from "./octets.js";

/** RFC 3032, section 2.1: label 20 bits, traffic class 3, bottom of stack 1, TTL 8. */
const ENTRY_LENGTH = 4;
const BOTTOM_AT = 2;
const BOTTOM_OF_STACK = 0x01;
/** The pseudowire control word of RFC 4448, section 4.6, is optional and unannounced. */
const CONTROL_WORD_LENGTH = 4;

/**
 * The label stack. Nothing in it says what follows: the first nibble tells IP (RFC 4928), anything else is taken
 * for an Ethernet pseudowire when an EtherType that we know stands in its place, with or without a control word.
 */
export function decodeMpls(cursor: FrameCursor): Layer {
  const { bytes } = cursor;
  let isBottom = false;
  while (!isBottom) {
    if (!cursor.has(ENTRY_LENGTH)) return cursor.drop("mpls header cut");
    isBottom = (bytes[cursor.at + BOTTOM_AT]! & BOTTOM_OF_STACK) !== 0;
    cursor.at += ENTRY_LENGTH;
  }
  if (!cursor.has(1)) return cursor.drop("mpls header cut");
  cursor.enter(MPLS_PATH, 0);
  const nibble = bytes[cursor.at]! >> 4;
  if (nibble === 4) return IPV4;
  if (nibble === 6) return IPV6;
  if (isEthernetAt(cursor, 0)) return ETHERNET;
  if (!isEthernetAt(cursor, CONTROL_WORD_LENGTH)) return cursor.drop("mpls payload not understood");
  cursor.at += CONTROL_WORD_LENGTH;
  return ETHERNET;
}

function isEthernetAt(cursor: FrameCursor, offset: number): boolean {
  const headerEnd = offset + ETHERNET_HEADER_LENGTH;
  return cursor.has(headerEnd) && isCommonEthertype(readUint16(cursor.bytes, cursor.at + headerEnd - 2));
}
