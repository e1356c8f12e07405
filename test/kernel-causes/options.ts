import { parseArgs } from "node:util";
import { readSeeds } from "../two-hosts/seeds.js";

export interface Options {
  readonly seeds: readonly number[];
  /** Where captures, traces and databases stay; undefined: nowhere. */
  readonly keep: string | undefined;
  /** Which disagreements are listed. */
  readonly show: { readonly truth: string; readonly ours: string } | undefined;
}

const DEFAULT_SEEDS = "1-10";

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

function readShow(text: string | undefined): Options["show"] {
  if (text === undefined) return undefined;
  const [truth = "", ours = "", ...others] = text.split(":");
  if (truth === "" || ours === "" || others.length > 0)
    throw new Error(`--show takes TRUTH:OURS, such as fast:timeout, not ${text}.`);
  return { truth, ours };
}
