import { CWR, ECE } from "../tcp/flags.js";
import {
  OPTION_AUTHENTICATION,
  OPTION_END,
  OPTION_FAST_OPEN,
  OPTION_MD5,
  OPTION_MULTIPATH,
  OPTION_SACK_PERMITTED,
  OPTION_TIMESTAMPS,
  OPTION_WINDOW_SCALE,
  optionLengthBytes,
  SACK_PERMITTED_LENGTH,
  TIMESTAMPS_LENGTH,
  WINDOW_SCALE_LENGTH,
} from "./tcp-options.js";

// What a SYN has beside its number and MSS, as bits that leave room for the other facts of an endpoint (flows/endpoint.ts).
/** RFC 7323, section 2.2. */
export const SYN_WINDOW_SCALE = 0x04;
/** RFC 2018, section 2. */
export const SYN_SACK_PERMITTED = 0x08;
/** RFC 7323, section 3.2. */
export const SYN_TIMESTAMPS = 0x10;
/** ECE and CWR, both: an ECN-setup SYN. RFC 3168, section 6.1.1. */
export const SYN_ECN = 0x0800;
/** A cookie, or the wish for one. RFC 7413, section 4.1.1. */
export const SYN_FAST_OPEN = 0x1000;
/** Payload. RFC 7413, section 2. */
export const SYN_DATA = 0x2000;
/** RFC 8684, sections 3.1 and 3.2. */
export const SYN_MULTIPATH = 0x4000;
/** RFC 2385, section 3.0. */
export const SYN_MD5 = 0x8000;
/** RFC 5925, section 2.2. */
export const SYN_AUTHENTICATION = 0x1_0000;

/** All of them. */
export const SYN_EXTENSIONS =
  SYN_WINDOW_SCALE |
  SYN_SACK_PERMITTED |
  SYN_TIMESTAMPS |
  SYN_ECN |
  SYN_FAST_OPEN |
  SYN_DATA |
  SYN_MULTIPATH |
  SYN_MD5 |
  SYN_AUTHENTICATION;

/** The bits of a SYN with these control bits, payload, and options, which begin at `at`. */
export function readSynExtensions(
  bytes: Uint8Array,
  at: number,
  lengthBytes: number,
  flags: number,
  payloadLength: number,
): number {
  let found = payloadLength > 0 ? SYN_DATA : 0;
  if ((flags & (ECE | CWR)) === (ECE | CWR)) found |= SYN_ECN;
  const end = at + lengthBytes;
  for (let option = at; option < end && bytes[option] !== OPTION_END; ) {
    const length = optionLengthBytes(bytes, option, end);
    if (length === 0) break;
    found |= extensionOf(bytes[option]!, length);
    option += length;
  }
  return found;
}

function extensionOf(kind: number, lengthBytes: number): number {
  switch (kind) {
    case OPTION_WINDOW_SCALE:
      return lengthBytes === WINDOW_SCALE_LENGTH ? SYN_WINDOW_SCALE : 0;
    case OPTION_SACK_PERMITTED:
      return lengthBytes === SACK_PERMITTED_LENGTH ? SYN_SACK_PERMITTED : 0;
    case OPTION_TIMESTAMPS:
      return lengthBytes === TIMESTAMPS_LENGTH ? SYN_TIMESTAMPS : 0;
    case OPTION_FAST_OPEN:
      return SYN_FAST_OPEN;
    case OPTION_MULTIPATH:
      return SYN_MULTIPATH;
    case OPTION_MD5:
      return SYN_MD5;
    case OPTION_AUTHENTICATION:
      return SYN_AUTHENTICATION;
    default:
      return 0;
  }
}
