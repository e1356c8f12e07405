/**
 * Columns of numbers as differences: what grows steadily becomes small numbers that repeat, which gzip makes short.
 * Null stays null and is passed over.
 */
export function toDeltas(values: readonly (number | null)[]): (number | null)[] {
  let previous = 0;
  return values.map((value) => {
    if (value === null) return null;
    const delta = value - previous;
    previous = value;
    return delta;
  });
}

/** The inverse of `toDeltas` for whole numbers up to 2^52. */
export function fromDeltas(deltas: readonly (number | null)[]): (number | null)[] {
  let previous = 0;
  return deltas.map((delta) => {
    if (delta === null) return null;
    previous += delta;
    return previous;
  });
}
