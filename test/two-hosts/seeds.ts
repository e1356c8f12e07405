const MOST_SEEDS = 1000;

/** The seeds that `FIRST-LAST`, or one number, names. Throws an error with a sentence for the user. */
export function readSeeds(text: string): number[] {
  const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  const count = Number(last) - Number(first) + 1;
  if (!(count >= 1 && count <= MOST_SEEDS))
    throw new Error(`--seeds takes FIRST-LAST, at most ${MOST_SEEDS} of them, not ${text}.`);
  return Array.from({ length: count }, (_, index) => Number(first) + index);
}
