import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FlawedRecording } from "./hosts.js";
import { run } from "./programs.js";
import { Undo } from "./undo.js";

/** One scenario; leaves nothing but files in `folder`, when its `undo` is run. `pathProgram` is faulty-path.c, compiled. */
export type RunSeed<Result> = (
  undo: Undo,
  seed: number,
  folder: string,
  pathProgram: string,
) => Promise<Result>;

export interface SeedsPlan {
  readonly seeds: readonly number[];
  /** Where captures and databases stay, in seed-1 and so on; undefined: nowhere. */
  readonly keep: string | undefined;
  /** At one time. */
  readonly jobs: number;
  /** No scenario takes longer, unless something is broken. */
  readonly longestMs: number;
}

/** Runs all; the results in the order of the seeds, without those of flawed recordings, which are told of on stderr. */
export async function runSeeds<Result>(
  undo: Undo,
  { seeds, keep, jobs, longestMs }: SeedsPlan,
  runSeed: RunSeed<Result>,
): Promise<Result[]> {
  const scratch = mkdtempSync(join(tmpdir(), "two-hosts-"));
  undo.add(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }));
  const pathProgram = join(scratch, "faulty-path");
  run("cc", "-O2", "-Wall", "-o", pathProgram, fileURLToPath(new URL("./faulty-path.c", import.meta.url)));
  const results = new Map<number, Result>();
  const waiting = [...seeds];
  const work = async (): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const folder = join(keep ?? scratch, `seed-${seed}`);
      mkdirSync(folder, { recursive: true });
      try {
        results.set(seed, await runWithin(longestMs, runSeed, seed, folder, pathProgram));
      } catch (error) {
        if (!(error instanceof FlawedRecording)) throw error;
        console.error(`Seed ${seed} is left out: ${error.message}.`);
      }
      if (keep === undefined) rmSync(folder, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return seeds.flatMap((seed) => results.get(seed) ?? []);
}

async function runWithin<Result>(
  longestMs: number,
  runSeed: RunSeed<Result>,
  seed: number,
  folder: string,
  pathProgram: string,
): Promise<Result> {
  const undo = new Undo();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new Error(`Seed ${seed} took longer than ${longestMs / 1000} s.`));
    timer = setTimeout(giveUp, longestMs);
  });
  try {
    return await Promise.race([runSeed(undo, seed, folder, pathProgram), late]);
  } finally {
    clearTimeout(timer);
    undo.run();
  }
}
