import { isIP } from "node:net";

/** IP addresses as text. RFC 5952 for IPv6; an IPv4-mapped IPv6 address is written `::ffff:192.0.2.1`. */

/** Dotted quad of the 32-bit number `word`. */
export function formatIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** RFC 5952 text of an address given as four 32-bit numbers, most significant first. */
export function formatIpv6(word0: number, word1: number, word2: number, word3: number): string {
  if (word0 === 0 && word1 === 0 && word2 === 0xffff) return `::ffff:${formatIpv4(word3)}`;
  const groups: number[] = [];
  for (const word of [word0, word1, word2, word3]) groups.push(word >>> 16, word & 0xffff);

  // The first longest run of two or more zero groups becomes "::" (section 4.2).
  let runAt = -1;
  let runLength = 1;
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length++;
    if (length > runLength) {
      runAt = at;
      runLength = length;
    }
  }
  const hex = groups.map((group) => group.toString(16));
  if (runAt < 0) return hex.join(":");
  return `${hex.slice(0, runAt).join(":")}::${hex.slice(runAt + runLength).join(":")}`;
}

/** Text of the 4 or 16 octets at `at`; the length decides the version. */
export function formatAddress(bytes: Uint8Array): string {
  const word = (at: number): number =>
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  return bytes.length === 4 ? formatIpv4(word(0)) : formatIpv6(word(0), word(4), word(8), word(12));
}

/** The 4 or 16 octets of an address in text, in network order; null for anything else, also for one with a zone. */
export function addressOctets(text: string): Uint8Array | null {
  const version = text.includes("%") ? 0 : isIP(text);
  if (version === 0) return null;
  if (version === 4) return Uint8Array.from(text.split("."), Number);
  const [before = "", after = ""] = text.split("::");
  const tail = groupOctets(after);
  const octets = new Uint8Array(16);
  octets.set(groupOctets(before));
  octets.set(tail, octets.length - tail.length);
  return octets;
}

/** Octets of the groups of a part of an IPv6 address, which may end in a dotted quad. */
function groupOctets(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** `10.0.0.1:80`, `[::1]:80`. */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The address and port of `10.0.0.1:80` or `[::1]:80`; null for anything else. */
export function parseEndpoint(text: string): { readonly address: string; readonly port: number } | null {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([\d.]{7,15})):(\d{1,5})$/.exec(text);
  if (match === null) return null;
  return { address: match[1] ?? match[2]!, port: Number(match[3]) };
}
