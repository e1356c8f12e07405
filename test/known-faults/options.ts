import { parseArgs } from "node:util";
import { readSeeds } from "../two-hosts/seeds.js";
import { FAULTS, type Fault } from "./faults.js";

export interface Options {
  readonly seeds: readonly number[];
  /** Where captures and databases stay; undefined: nowhere. */
  readonly keep: string | undefined;
  readonly only: Fault | undefined;
  /** Scenarios at one time. */
  readonly jobs: number;
}

const DEFAULT_SEEDS = `1-${FAULTS.length}`;
const MOST_JOBS = 16;

/** Throws an error with a sentence for the user. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: DEFAULT_SEEDS },
      keep: { type: "string" },
      only: { type: "string" },
      jobs: { type: "string", default: "4" },
    },
  });
  const jobs = /^\d{1,2}$/.test(values.jobs) ? Number(values.jobs) : 0;
  if (jobs < 1 || jobs > MOST_JOBS)
    throw new Error(`--jobs takes a number from 1 to ${MOST_JOBS}, not ${values.jobs}.`);
  return { seeds: readSeeds(values.seeds), keep: values.keep, only: readFault(values.only), jobs };
}

function readFault(name: string | undefined): Fault | undefined {
  if (name === undefined) return undefined;
  const fault = FAULTS.find((each) => each.name === name);
  if (fault === undefined)
    throw new Error(`--only takes one of ${FAULTS.map((each) => each.name).join(", ")}; not ${name}.`);
  return fault;
}
