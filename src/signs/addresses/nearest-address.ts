import { addressOctets } from "../../tcp/address.js";
import { sharedBits } from "./address-prefix.js";

/** Two addresses and how many of their first bits they share. */
export interface NearPair {
  readonly near: string;
  readonly address: string;
  readonly bits: number;
}

/**
 * The two addresses of one IP version, `near` out of `some` and `address` out of `others`, that share most bits; of several
 * such pairs the first. Null when there is none. Neighbours in the order of addresses share most: no two are compared
 * for nothing, though there may be thousands of each.
 */
export function nearestPair(some: readonly string[], others: readonly string[]): NearPair | null {
  const places = [...placesOf(some, true), ...placesOf(others, false)];
  places.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
  const mostBits = new Map<string, number>();
  noteNeighbours(places, mostBits);
  noteNeighbours(places.reverse(), mostBits);
  let bits = -1;
  let near = "";
  for (const address of some) {
    const its = mostBits.get(address) ?? -1;
    if (its > bits) [near, bits] = [address, its];
  }
  if (bits < 0) return null;
  const octets = addressOctets(near)!;
  const address = others.find((other) => sharedBits(octets, addressOctets(other)) === bits)!;
  return { near, address, bits };
}

interface Place {
  readonly address: string;
  readonly octets: Uint8Array;
  /** Text that orders addresses as their octets do, those of each IP version together. */
  readonly order: string;
  readonly isOfSome: boolean;
}

function placesOf(addresses: readonly string[], isOfSome: boolean): Place[] {
  return addresses.flatMap((address) => {
    const octets = addressOctets(address);
    return octets === null
      ? []
      : [{ address, octets, order: `${octets.length}:${String.fromCharCode(...octets)}`, isOfSome }];
  });
}

/** Keeps for each of `some` how many bits it shares with the last of the others before it. */
function noteNeighbours(places: readonly Place[], mostBits: Map<string, number>): void {
  let last: Place | null = null;
  for (const each of places) {
    if (!each.isOfSome) last = each;
    else if (last !== null) {
      const bits = sharedBits(each.octets, last.octets);
      if (bits > (mostBits.get(each.address) ?? -1)) mostBits.set(each.address, bits);
    }
  }
}
