/** Tuples remembered; a SYN takes the place of an older one with the same last bits. */
const PLACES = 1 << 12;

/** When each tuple's latest SYN without ACK came: a SYN-ACK behind it is an answer to it, however like the one before. */
export class LatestSyns {
  readonly #tuples = new Uint32Array(PLACES);
  /** Nanoseconds since the capture's origin. */
  readonly #times = new Float64Array(PLACES).fill(Number.NEGATIVE_INFINITY);

  /** `tuple`: its hash. */
  note(tuple: number, timeNs: number): void {
    const place = tuple & (PLACES - 1);
    this.#tuples[place] = tuple;
    this.#times[place] = timeNs;
  }

  /** Whether a SYN of the tuple came behind `timeNs`. */
  hasSince(tuple: number, timeNs: number): boolean {
    const place = tuple & (PLACES - 1);
    return this.#tuples[place] === tuple >>> 0 && this.#times[place]! > timeNs;
  }
}
