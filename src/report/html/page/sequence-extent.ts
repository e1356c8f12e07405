import type { SequenceModel, SequencePoint } from "./sequence-model.js";

/** How much higher than the data the window may stand and still be shown whole. */
const WINDOW_STRETCH = 1;

/**
 * Numbers that a time-sequence graph must show between two times (seconds). A window far above the data is cut off
 * rather than the data pressed flat.
 */
export function sequenceExtent(model: SequenceModel, min: number, max: number): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const include = (seq: number): void => {
    low = Math.min(low, seq);
    high = Math.max(high, seq);
  };
  for (const { seconds, first, last } of [...model.sent, ...model.sacks]) {
    if (seconds < min || seconds > max) continue;
    include(first);
    include(last);
  }
  for (const seq of valuesWithin(model.ackLine, min, max)) include(seq);
  if (low > high) return [0, 1];
  const room = Math.max(high - low, 1) * (1 + WINDOW_STRETCH);
  for (const seq of valuesWithin(model.windowLine, min, max))
    if (seq - low <= room && seq >= low) include(seq);
  const pad = Math.max((high - low) * 0.06, 1);
  return [low - pad, high + pad];
}

/** The steps between two times, and the one that holds when they begin. */
function valuesWithin(line: readonly SequencePoint[], min: number, max: number): number[] {
  const values: number[] = [];
  let before: number | undefined;
  for (const { seconds, seq } of line) {
    if (seconds < min) before = seq;
    else if (seconds <= max) values.push(seq);
  }
  return before === undefined ? values : [before, ...values];
}
