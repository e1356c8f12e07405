/** Parts of an octave that are told apart: half a power of two, so a median is right within a factor of 1.5. */
const STEPS_PER_OCTAVE = 2;
const STEPS = 128;

/** Median of any number of times in a fixed room: how long something typically takes. */
export class TypicalTime {
  readonly #counts = new Uint32Array(STEPS);
  count = 0;

  /** At least 0 ns. */
  add(timeNs: number): void {
    const step = Math.floor(Math.log2(Math.max(1, timeNs)) * STEPS_PER_OCTAVE);
    this.#counts[Math.min(step, STEPS - 1)]!++;
    this.count++;
  }

  /** Upper bound of the median's step, nanoseconds; of an even number the lower median's. 0 without any. */
  get medianNs(): number {
    let below = 0;
    for (let step = 0; step < STEPS; step++) {
      below += this.#counts[step]!;
      if (below > 0 && below * 2 >= this.count) return 2 ** ((step + 1) / STEPS_PER_OCTAVE);
    }
    return 0;
  }
}

/** Median of times that were all kept; of an even number the upper median. Null without any. */
export function medianNsOf(timesNs: readonly number[]): number | null {
  const sorted = [...timesNs].sort((a, b) => a - b);
  return sorted[sorted.length >>> 1] ?? null;
}
