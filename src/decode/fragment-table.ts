import { PartialDatagram } from "./partial-datagram.js";

/** Octets held at most, as many as Linux holds by default (net.ipv4.ipfrag_high_thresh). */
const HELD_BYTES_MAX = 4 * 1024 * 1024;
/** Held after the oldest were given up: some at a time, since to find the oldest in a Map costs what was removed before. */
const HELD_BYTES_AFTER = 3 * 1024 * 1024;
/** Fragments wait for the rest that long: RFC 8200, section 4.5; RFC 1122, section 3.3.2, has 60 to 120 s. */
const WAIT_NS = 60e9;

/** The datagrams whose fragments have not all come. The oldest are given up when they would take too much memory. */
export class FragmentTable {
  /** By key, oldest first. */
  readonly #datagrams = new Map<string, PartialDatagram>();
  #heldBytes = 0;

  /** Octets of memory, at most 4 MiB. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /**
   * Adds a fragment and returns its datagram when that is whole now; it is then held no longer.
   * @param key equal for the fragments of one datagram
   * @param offset octets of the datagram's payload before the fragment's, 0 to 65528
   * @param payload 1 to 65535 octets; taken over, so they must not change any more
   * @param timeNs nanoseconds since the capture's origin
   */
  add(
    key: string,
    offset: number,
    payload: Uint8Array,
    isLast: boolean,
    timeNs: number,
  ): PartialDatagram | undefined {
    let datagram = this.#datagrams.get(key);
    if (datagram !== undefined && timeNs - datagram.startNs > WAIT_NS) {
      this.#remove(key, datagram);
      datagram = undefined;
    }
    if (datagram === undefined) {
      datagram = new PartialDatagram(timeNs);
      this.#datagrams.set(key, datagram);
    }
    this.#heldBytes -= datagram.heldBytes;
    datagram.add(offset, payload, isLast);
    this.#heldBytes += datagram.heldBytes;
    if (datagram.isWhole) {
      this.#remove(key, datagram);
      return datagram;
    }
    this.#shrink();
    return undefined;
  }

  #shrink(): void {
    if (this.#heldBytes <= HELD_BYTES_MAX) return;
    for (const [key, datagram] of this.#datagrams) {
      if (this.#heldBytes <= HELD_BYTES_AFTER) return;
      this.#remove(key, datagram);
    }
  }

  #remove(key: string, datagram: PartialDatagram): void {
    this.#datagrams.delete(key);
    this.#heldBytes -= datagram.heldBytes;
  }
}
