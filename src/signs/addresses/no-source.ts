import { addressOctets } from "../../tcp/address.js";
import { sharedBits } from "./address-prefix.js";

/** "This network", loopback, multicast and reserved blocks (RFC 6890, section 2.2; RFC 4291, section 2.7). */
const NO_SOURCES = [
  { address: "0.0.0.0", bits: 8 },
  { address: "127.0.0.0", bits: 8 },
  { address: "224.0.0.0", bits: 3 },
  { address: "ff00::", bits: 8 },
].map(({ address, bits }) => ({ octets: addressOctets(address), bits }));

/** Nobody on a network sends from this address (not for flows on loopback): it was forged. */
export function isNoSource(address: string): boolean {
  const own = addressOctets(address);
  return NO_SOURCES.some(({ octets, bits }) => sharedBits(own, octets) >= bits);
}
