import { isWithin, type Prefix, parsePrefix, prefixOf } from "./address-prefix.js";

/** Addresses that every site uses as it likes: RFC 1918, 6598, 3927, 4193, 4291 and loopback. */
const PRIVATE: readonly Prefix[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "127.0.0.0/8",
  "fc00::/7",
  "fe80::/10",
  "::1/128",
].map((text) => parsePrefix(text)!);

/** What `siteOf` says of private addresses: all of a capture are of one operator. */
export const PRIVATE_SITE = "private";

/**
 * What an address is likely to share with its neighbours: operator and way. Two addresses of the Internet that are of two
 * sites seldom fail together, unless everything does. A prefix of 16 bits, of 32 in IPv6 (the least that registries give a
 * provider); `PRIVATE_SITE` for private addresses.
 */
export function siteOf(address: string): string {
  if (PRIVATE.some((prefix) => isWithin(address, prefix))) return PRIVATE_SITE;
  return prefixOf(address, address.includes(":") ? 32 : 16);
}
