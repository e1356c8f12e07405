/** Octets of one fragment's payload and where they belong in the datagram's. */
interface Fragment {
  readonly offset: number;
  readonly payload: Uint8Array;
}

/** What a fragment costs beside its payload: so that many tiny ones do not pass for little. */
const FRAGMENT_OVERHEAD_BYTES = 128;

/**
 * A datagram of which fragments are still missing. It is whole when there is no gap up to the end that the first
 * fragment without "more fragments" gave it. Where fragments overlap, the octets of the one that begins first hold, and
 * of those that begin together the one that came first; what lies past the end is left out.
 */
export class PartialDatagram {
  /** Time of the first fragment, nanoseconds since the capture's origin. */
  readonly startNs: number;
  /** Octets of payload in all, 0 to 131064; -1 while the last fragment is missing. */
  lengthBytes = -1;
  /** Octets of memory. */
  heldBytes = 0;
  /** By offset; of equal offsets the earlier arrival first. */
  readonly #fragments: Fragment[] = [];
  /** Payload octets without a gap from the beginning, and the fragments that begin within them. */
  #contiguousTo = 0;
  #contiguousFragments = 0;

  constructor(startNs: number) {
    this.startNs = startNs;
  }

  get isWhole(): boolean {
    return this.lengthBytes >= 0 && this.#contiguousTo >= this.lengthBytes;
  }

  /** Takes the payload over, which must not change any more. `offset`: 0 to 65528. */
  add(offset: number, payload: Uint8Array, isLast: boolean): void {
    const index = this.#indexAfter(offset);
    this.#fragments.splice(index, 0, { offset, payload });
    this.heldBytes += payload.length + FRAGMENT_OVERHEAD_BYTES;
    if (isLast && this.lengthBytes < 0) this.lengthBytes = offset + payload.length;
    if (offset > this.#contiguousTo) return;
    this.#contiguousTo = Math.max(this.#contiguousTo, offset + payload.length);
    this.#contiguousFragments++;
    for (;;) {
      const next = this.#fragments[this.#contiguousFragments];
      if (next === undefined || next.offset > this.#contiguousTo) return;
      this.#contiguousTo = Math.max(this.#contiguousTo, next.offset + next.payload.length);
      this.#contiguousFragments++;
    }
  }

  /** Writes the payload of a whole datagram, `lengthBytes` octets from `at` on. */
  copyTo(target: Uint8Array, at: number): void {
    let done = 0;
    for (const { offset, payload } of this.#fragments) {
      const end = Math.min(offset + payload.length, this.lengthBytes);
      if (end <= done) continue;
      target.set(payload.subarray(done - offset, end - offset), at + done);
      done = end;
    }
  }

  /** Index behind the last fragment whose offset is not larger. */
  #indexAfter(offset: number): number {
    let low = 0;
    let high = this.#fragments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#fragments[middle]!.offset <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
