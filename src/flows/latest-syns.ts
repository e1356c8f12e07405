/** Places of two slots each. A SYN takes the slot of its own tuple, else the one that was written longer ago. */
const PLACES = 1 << 12;

/**
 * The latest SYN without ACK of each tuple: a SYN-ACK behind it is an answer to it, however like the one before. Of a SYN that was
 * sent again there are two answers, which may come at once.
 */
export class LatestSyns {
  readonly #tuples = new Uint32Array(PLACES * 2);
  readonly #isns = new Uint32Array(PLACES * 2);
  readonly #ttls = new Uint8Array(PLACES * 2);
  readonly #areRepeated = new Uint8Array(PLACES * 2);
  /** Nanoseconds since the capture's origin. */
  readonly #times = new Float64Array(PLACES * 2).fill(Number.NEGATIVE_INFINITY);

  /** `tuple`: its hash. `ttl`: the same SYN with another one is no repetition, but recorded at another place of its way. */
  note(tuple: number, isn: number, ttl: number, timeNs: number): void {
    const slot = this.#slotOf(tuple);
    const isKnown = this.#isOf(slot, tuple) && this.#isns[slot] === isn;
    if (!isKnown) this.#areRepeated[slot] = 0;
    else if (this.#ttls[slot] === ttl) this.#areRepeated[slot] = 1;
    this.#tuples[slot] = tuple;
    this.#isns[slot] = isn;
    this.#ttls[slot] = ttl;
    this.#times[slot] = timeNs;
  }

  /** Whether a SYN of the tuple came behind `timeNs`. */
  hasSince(tuple: number, timeNs: number): boolean {
    const slot = this.#slotOf(tuple);
    return this.#isOf(slot, tuple) && this.#times[slot]! > timeNs;
  }

  /** Whether the tuple's latest SYN was sent again. */
  isRepeated(tuple: number): boolean {
    const slot = this.#slotOf(tuple);
    return this.#isOf(slot, tuple) && this.#areRepeated[slot] === 1;
  }

  #isOf(slot: number, tuple: number): boolean {
    return this.#tuples[slot] === tuple >>> 0 && this.#times[slot] !== Number.NEGATIVE_INFINITY;
  }

  #slotOf(tuple: number): number {
    const first = (tuple & (PLACES - 1)) * 2;
    if (this.#isOf(first, tuple)) return first;
    return this.#isOf(first + 1, tuple) || this.#times[first + 1]! < this.#times[first]! ? first + 1 : first;
  }
}
