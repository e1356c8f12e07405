import { addressOctets, formatAddress } from "../../tcp/address.js";

/** Addresses as numbers of bits: what two of them have in common, and whether a prefix holds one. */

/** How many of their first bits two addresses share, 0 to 128; -1 when they are of two IP versions, or not addresses. */
export function commonPrefixBits(one: string, other: string): number {
  return sharedBits(addressOctets(one), addressOctets(other));
}

/** The same of addresses in octets; null for what is none. */
export function sharedBits(a: Uint8Array | null, b: Uint8Array | null): number {
  if (a === null || b === null || a.length !== b.length) return -1;
  for (let at = 0; at < a.length; at++) {
    const difference = a[at]! ^ b[at]!;
    if (difference !== 0) return at * 8 + Math.clz32(difference) - 24;
  }
  return a.length * 8;
}

/** A prefix as routes have it: `10.0.0.0/8`, one address, or `default` (of both IP versions). */
export interface Prefix {
  readonly address: string;
  readonly bits: number;
}

/** Null for what is no prefix. */
export function parsePrefix(text: string): Prefix | null {
  if (text === "default") return { address: "", bits: 0 };
  const [address = "", length] = text.split("/");
  const octets = addressOctets(address);
  if (octets === null) return null;
  const bits = length === undefined ? octets.length * 8 : Number(length);
  return Number.isInteger(bits) && bits >= 0 && bits <= octets.length * 8 ? { address, bits } : null;
}

export function isWithin(address: string, prefix: Prefix): boolean {
  return prefix.bits === 0
    ? prefix.address === "" || commonPrefixBits(address, prefix.address) >= 0
    : commonPrefixBits(address, prefix.address) >= prefix.bits;
}

/** The prefix of `bits` bits that holds the address, such as `2001:db8::/32`; the address itself when it is no address. */
export function prefixOf(address: string, bits: number): string {
  const octets = addressOctets(address);
  if (octets === null) return address;
  const masked = octets.map((octet, at) => octet & ~(0xff >> Math.min(8, Math.max(0, bits - at * 8))) & 0xff);
  return `${formatAddress(masked)}/${bits}`;
}
