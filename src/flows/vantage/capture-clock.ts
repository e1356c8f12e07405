/** A segment to be shown: its frame and flow. */
export interface SeenSegment {
  readonly flowId: number;
  readonly frame: number;
  readonly timeNs: number;
}

/** Units that a coarse clock counts in, nanoseconds: 1 ms, 10 ms, 1 s. */
const UNITS_NS = [1e6, 1e7, 1e9] as const;

/** Flows remembered to go back in time. */
const MAX_FLOWS_BACK = 100_000;

/** What the times of a capture's segments say of its clock. */
export class CaptureClock {
  /** Segments whose time lies before the one captured before them. */
  backwardSteps = 0;
  /** The largest of these steps, nanoseconds, and the segment after it. */
  largestBackNs = 0;
  largestBack: SeenSegment | null = null;
  /** Segments until the first whose time is no multiple of 1 ms; all of them while there is none. */
  coarseSegments = 0;
  first: SeenSegment | null = null;
  /** Largest step back within each flow that has one, nanoseconds. */
  readonly #flowsBack = new Map<number, number>();
  #lastNs = Number.NEGATIVE_INFINITY;
  #isCoarse = true;
  #unit = UNITS_NS.length - 1;
  #hasMoved = false;

  note(timeNs: number, flowId: number, frame: number): void {
    if (timeNs < this.#lastNs) this.#noteBackward(timeNs, flowId, frame);
    this.#lastNs = timeNs;
    if (this.#isCoarse) this.#noteCoarse(timeNs, flowId, frame);
  }

  /** Takes a segment of a flow whose latest one was recorded before at `lastNs`. To be called when `backwardSteps` is not 0. */
  noteWithinFlow(timeNs: number, lastNs: number, flowId: number): void {
    const backNs = lastNs - timeNs;
    const largest = this.#flowsBack.get(flowId);
    if (largest === undefined ? this.#flowsBack.size < MAX_FLOWS_BACK : backNs > largest)
      this.#flowsBack.set(flowId, backNs);
  }

  /** Flows within which time goes back by `backNs` or more, among the first of them. */
  flowsBackBy(backNs: number): number[] {
    return [...this.#flowsBack].flatMap(([flowId, largest]) => (largest >= backNs ? [flowId] : []));
  }

  /** The unit that all times are multiples of, counted from the first; null when it is finer than 1 ms or nothing moved. */
  get unitNs(): number | null {
    return this.#isCoarse && this.#hasMoved ? UNITS_NS[this.#unit]! : null;
  }

  #noteBackward(timeNs: number, flowId: number, frame: number): void {
    this.backwardSteps++;
    const backNs = this.#lastNs - timeNs;
    if (backNs <= this.largestBackNs) return;
    this.largestBackNs = backNs;
    this.largestBack = { flowId, frame, timeNs };
  }

  #noteCoarse(timeNs: number, flowId: number, frame: number): void {
    this.first ??= { flowId, frame, timeNs };
    this.coarseSegments++;
    const elapsedNs = timeNs - this.first.timeNs;
    if (elapsedNs !== 0) this.#hasMoved = true;
    while (this.#unit >= 0 && elapsedNs % UNITS_NS[this.#unit]! !== 0) this.#unit--;
    this.#isCoarse = this.#unit >= 0;
  }
}
