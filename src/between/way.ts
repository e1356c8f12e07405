const PARTS = 64;
const SHORTEST_PART_NS = 1_000_000_000;
/** Of fewer the quickest may have been slow, too. */
const ENOUGH = 16;

/** That a segment was sent, and how much later it was taken, by two clocks. */
export interface Passage {
  readonly sentNs: number;
  readonly tookNs: number;
}

/**
 * How long the way from one capture to the other takes at least, the difference of their clocks included. Clocks drift, and routes
 * change: each part of the time has its own.
 */
export class Way {
  readonly #startNs: number;
  readonly #partNs: number;
  /** Around each part. */
  readonly #leastNs: Float64Array;

  /** Of at least one passage. */
  constructor(passages: readonly Passage[]) {
    let [startNs, endNs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { sentNs } of passages) {
      startNs = Math.min(startNs, sentNs);
      endNs = Math.max(endNs, sentNs);
    }
    this.#startNs = startNs;
    this.#partNs = Math.max(SHORTEST_PART_NS, (endNs - startNs) / PARTS);
    const least = new Float64Array(PARTS + 1).fill(Number.POSITIVE_INFINITY);
    const count = new Uint32Array(PARTS + 1);
    for (const { sentNs, tookNs } of passages) {
      const part = this.#partAt(sentNs);
      least[part] = Math.min(least[part]!, tookNs);
      count[part]!++;
    }
    this.#leastNs = least.map((_, part) => leastAround(part, least, count));
  }

  /** Around the time when it was sent: as long around it as it takes to have enough of them. */
  leastAt(sentNs: number): number {
    return this.#leastNs[this.#partAt(sentNs)]!;
  }

  #partAt(sentNs: number): number {
    return Math.min(PARTS, Math.max(0, Math.floor((sentNs - this.#startNs) / this.#partNs)));
  }
}

function leastAround(part: number, least: Float64Array, count: Uint32Array): number {
  let [leastNs, enough] = [least[part]!, count[part]!];
  for (let distance = 1; enough < ENOUGH && distance <= PARTS; distance++) {
    for (const near of [part - distance, part + distance]) {
      leastNs = Math.min(leastNs, least[near] ?? Number.POSITIVE_INFINITY);
      enough += count[near] ?? 0;
    }
  }
  return leastNs;
}
