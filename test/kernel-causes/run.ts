/**
 * Compares the tool's judgement of why each segment was sent again (docs/causes.md) with what the Linux kernel that sent
 * it was doing: traffic between two network namespaces on a faulty path, all of it drawn from a seed, recorded at both ends
 * while the kernel's functions are traced. Exit code 1 when less agrees than should, 2 when it cannot run. Takes root, and
 * about 12 s for each seed.
 *
 *     npm run test:causes
 *     npm run test:causes -- --seeds 1-70
 *     npm run test:causes -- --seeds 7-7 --keep FOLDER       captures, traces and databases stay in FOLDER/seed-7
 *     npm run test:causes -- --show fast:timeout             lists what the kernel calls fast and the tool timeout
 *
 * The timing is the machine's, so no two runs are quite equal: what is to be looked at must be kept in the same run.
 */

import { runCommand } from "../two-hosts/command.js";
import { runSeeds } from "../two-hosts/run-seeds.js";
import { canTrace } from "./kernel-trace.js";
import { type Options, readOptions } from "./options.js";
import { runSeed, type SeedResult } from "./run-seed.js";
import { listLines, ownName, tableLines } from "./table.js";
import { judge } from "./verdict.js";

const LONGEST_MS = 40_000;
/** Of those that are certain and wrong. */
const MOST_LISTED = 20;

await runCommand(readOptions, async (undo, options) => {
  if (!canTrace()) throw new Error("The kernel has no tracefs with the events of TCP and their stacks.");
  // One after the other: what the machine is busy with otherwise would be part of the path.
  const plan = { ...options, jobs: 1, longestMs: LONGEST_MS };
  return report(await runSeeds(undo, plan, runSeed), options);
});

function report(results: readonly SeedResult[], { show }: Options): number {
  const judged = results.flatMap((result) => result.judged);
  for (const vantage of ["sender", "receiver"] as const)
    for (const line of [...tableLines(judged, vantage), ""]) console.log(line);
  if (show !== undefined) {
    const shown = judged.filter((one) => one.truth === show.truth && ownName(one) === show.ours);
    for (const line of [`${shown.length} ${show.truth}:${show.ours}`, ...listLines(shown), ""])
      console.log(line);
  }
  const sum = (of: "events" | "untold" | "unmatched"): number =>
    results.reduce((total, result) => total + result[of], 0);
  console.log(
    `${results.length} seeds, ${sum("events")} events of the kernel; left out: ${sum("untold")} ` +
      `because the trace does not tell why, ${sum("unmatched")} without a packet of their own`,
  );
  const { lines, certainAndWrong, complaints } = judge(judged);
  for (const line of [...lines, ...listLines(certainAndWrong.slice(0, MOST_LISTED))]) console.log(line);
  for (const complaint of complaints) console.error(complaint);
  return complaints.length === 0 ? 0 : 1;
}
