import { parseArgs } from "node:util";

export interface Options {
  readonly seeds: readonly number[];
  /** Where captures, traces and databases stay; undefined: nowhere. */
  readonly keep: string | undefined;
  /** Which disagreements are listed. */
  readonly show: { readonly truth: string; readonly ours: string } | undefined;
}

const DEFAULT_SEEDS = "1-10";
const MOST_SEEDS = 1000;

/** Throws an error with a sentence for the user. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: DEFAULT_SEEDS },
      keep: { type: "string" },
      show: { type: "string" },
    },
  });
  return { seeds: readSeeds(values.seeds), keep: values.keep, show: readShow(values.show) };
}

function readSeeds(text: string): number[] {
  const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  const count = Number(last) - Number(first) + 1;
  if (!(count >= 1 && count <= MOST_SEEDS))
    throw new Error(`--seeds takes FIRST-LAST, at most ${MOST_SEEDS} of them, not ${text}.`);
  return Array.from({ length: count }, (_, index) => Number(first) + index);
}

function readShow(text: string | undefined): Options["show"] {
  if (text === undefined) return undefined;
  const [truth = "", ours = "", ...others] = text.split(":");
  if (truth === "" || ours === "" || others.length > 0)
    throw new Error(`--show takes TRUTH:OURS, such as fast:timeout, not ${text}.`);
  return { truth, ours };
}
