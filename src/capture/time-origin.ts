const NS_PER_SECOND = 1_000_000_000n;

/**
 * The moment that a capture's times count from, for formats that give whole seconds and a rest: split in the same way, so
 * that doubles hold both parts exactly and no BigInt is made per frame.
 */
export class TimeOrigin {
  /** Nanoseconds since 1970-01-01 UTC; undefined until it is set. */
  epochNs: bigint | undefined;
  seconds = 0;
  restNs = 0;

  constructor(epochNs: bigint | undefined) {
    if (epochNs !== undefined) this.#set(epochNs);
  }

  /** Counts from this moment, unless another one is set already. */
  begin(seconds: number, restNs: number): void {
    if (this.epochNs === undefined) this.#set(BigInt(seconds) * NS_PER_SECOND + BigInt(restNs));
  }

  /** Nanoseconds from the origin to this moment. */
  since(seconds: number, restNs: number): number {
    return (seconds - this.seconds) * 1e9 + (restNs - this.restNs);
  }

  #set(epochNs: bigint): void {
    this.epochNs = epochNs;
    this.seconds = Number(epochNs / NS_PER_SECOND);
    this.restNs = Number(epochNs % NS_PER_SECOND);
  }
}
