/** Tuples remembered; a SYN takes the place of an older one with the same last bits. */
const PLACES = 1 << 12;

/** A client's timer for SYNs runs no longer (Linux: TCP_RTO_MAX): what comes later is another connection's. */
const LONGEST_TIMER_NS = 120_000_000_000;

/**
 * When each tuple's latest SYN without ACK came: a SYN-ACK behind it is an answer to it, however like the one before. Of one that was
 * sent again there are two answers, which may come at once.
 */
export class LatestSyns {
  readonly #tuples = new Uint32Array(PLACES);
  /** Nanoseconds since the capture's origin. */
  readonly #times = new Float64Array(PLACES).fill(Number.NEGATIVE_INFINITY);
  readonly #areRepeated = new Uint8Array(PLACES);

  /** `tuple`: its hash. */
  note(tuple: number, timeNs: number): void {
    const place = tuple & (PLACES - 1);
    const isKnown = this.#tuples[place] === tuple >>> 0;
    this.#areRepeated[place] = isKnown && timeNs - this.#times[place]! <= LONGEST_TIMER_NS ? 1 : 0;
    this.#tuples[place] = tuple;
    this.#times[place] = timeNs;
  }

  /** Whether a SYN of the tuple came behind `timeNs`. */
  hasSince(tuple: number, timeNs: number): boolean {
    const place = tuple & (PLACES - 1);
    return this.#tuples[place] === tuple >>> 0 && this.#times[place]! > timeNs;
  }

  /** Whether the tuple's latest SYN came behind another one. */
  isRepeated(tuple: number): boolean {
    const place = tuple & (PLACES - 1);
    return this.#tuples[place] === tuple >>> 0 && this.#areRepeated[place] === 1;
  }
}
