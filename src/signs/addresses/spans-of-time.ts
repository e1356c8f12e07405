import { indexAfter } from "../../engine/first-after.js";

/** Something with a beginning and an end. Nanoseconds since the origin. */
export interface SpanOfTime {
  readonly startNs: number;
  readonly endNs: number;
}

/** Spans by time, so that those which touch an interval are found among thousands of others. */
export class SpansOfTime<Span extends SpanOfTime> {
  readonly #spans: readonly Span[];
  readonly #startsNs: Float64Array;
  /** The latest end of each span and all before it. */
  readonly #endsNs: Float64Array;

  constructor(spans: readonly Span[]) {
    this.#spans = [...spans].sort((a, b) => a.startNs - b.startNs);
    this.#startsNs = Float64Array.from(this.#spans, ({ startNs }) => startNs);
    let latestNs = Number.NEGATIVE_INFINITY;
    this.#endsNs = Float64Array.from(this.#spans, ({ endNs }) => {
      latestNs = Math.max(latestNs, endNs);
      return latestNs;
    });
  }

  /** Those that begin before `endNs` and end after `startNs`, in no order. */
  *touching(startNs: number, endNs: number): IterableIterator<Span> {
    for (let at = indexAfter(this.#startsNs, endNs) - 1; at >= 0 && this.#endsNs[at]! > startNs; at--) {
      const span = this.#spans[at]!;
      if (span.endNs > startNs && span.startNs < endNs) yield span;
    }
  }
}
