const NS_PER_SECOND = 1_000_000_000n;
const TWO_TO_32 = 2 ** 32;
/** A broken or hostile file may claim any 64-bit time; sums of two of these still fit an int64. Until 2116. */
const LATEST_EPOCH_NS = 1n << 62n;
/** Longest distance from the origin, either way: 73 years. */
const LONGEST_NS = 2 ** 61;

/**
 * Turns the 64-bit timestamps of one pcapng interface into nanoseconds. Decimal resolutions down to the nanosecond,
 * which is what capture tools write, cost no allocation; every other one goes through BigInt and is exact as well,
 * rounded down to the nanosecond. draft-ietf-opsawg-pcapng, section 4.2 (if_tsresol, if_tsoffset).
 */
export class InterfaceClock {
  /** Units per second. */
  readonly #unitsPerSecond: bigint;
  readonly #offsetNs: bigint;
  /** Nanoseconds in a unit; 0 when a unit is not a whole number of them. */
  readonly #unitNs: number;
  #originNs = 0n;
  /** The last whole unit at or before the origin, in 32-bit halves, and its distance from the origin. */
  #baseHigh = 0;
  #baseLow = 0;
  #baseNs = 0;

  /**
   * @param resolution if_tsresol as it stands in the file: the exponent, of 10, or of 2 when the highest bit is set.
   * @param offsetSeconds if_tsoffset, signed.
   */
  constructor(resolution: number, offsetSeconds: bigint) {
    const base = resolution & 0x80 ? 2n : 10n;
    this.#unitsPerSecond = base ** BigInt(resolution & 0x7f);
    this.#offsetNs = offsetSeconds * NS_PER_SECOND;
    this.#unitNs = resolution <= 9 ? 10 ** (9 - resolution) : 0;
  }

  setOrigin(originNs: bigint): void {
    this.#originNs = originNs;
    if (this.#unitNs === 0) return;
    const unitNs = BigInt(this.#unitNs);
    const sinceOffsetNs = originNs - this.#offsetNs;
    const remainderNs = ((sinceOffsetNs % unitNs) + unitNs) % unitNs;
    const baseUnits = (sinceOffsetNs - remainderNs) / unitNs;
    this.#baseHigh = Number(baseUnits >> 32n);
    this.#baseLow = Number(baseUnits & 0xffffffffn);
    // Subtracted from zero, not negated: timeNs is never -0.
    this.#baseNs = 0 - Number(remainderNs);
  }

  /** Nanoseconds since the epoch of the timestamp whose 32-bit halves are given; at most 2^62 either way. */
  epochNs(high: number, low: number): bigint {
    const units = (BigInt(high) << 32n) | BigInt(low);
    const epochNs = (units * NS_PER_SECOND) / this.#unitsPerSecond + this.#offsetNs;
    if (epochNs > LATEST_EPOCH_NS) return LATEST_EPOCH_NS;
    return epochNs < -LATEST_EPOCH_NS ? -LATEST_EPOCH_NS : epochNs;
  }

  /** Nanoseconds since the origin; exact when below 2^53, at most 2^61 either way. */
  sinceOriginNs(high: number, low: number): number {
    const sinceNs =
      this.#unitNs === 0
        ? Number(this.epochNs(high, low) - this.#originNs)
        : ((high - this.#baseHigh) * TWO_TO_32 + (low - this.#baseLow)) * this.#unitNs + this.#baseNs;
    return Math.max(-LONGEST_NS, Math.min(LONGEST_NS, sinceNs));
  }
}
