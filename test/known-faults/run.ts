/**
 * Holds the rules against faults that are known: traffic between two network namespaces to which one thing happens, the rest
 * drawn from a seed, recorded at both ends, and analyzed as it is and with a flaw. Exit code 1 when an error blames something
 * else, or too few of the faults or flaws are named; 2 when it cannot run. Takes root, and 20 to 50 s for each seed, several
 * at a time.
 *
 *     npm run test:faults
 *     npm run test:faults -- --seeds 1-120 --jobs 6
 *     npm run test:faults -- --only "crowded path" --seeds 1-20
 *     npm run test:faults -- --seeds 7-7 --keep FOLDER       captures and databases stay in FOLDER/seed-7
 *
 * The timing is the machine's, so no two runs are quite equal: what is to be looked at must be kept in the same run.
 */
import { runCommand } from "../two-hosts/command.js";
import { runSeeds } from "../two-hosts/run-seeds.js";
import { readOptions } from "./options.js";
import { runSeed } from "./run-seed.js";
import { faultOf } from "./scenario.js";
import { judge } from "./verdict.js";

const LONGEST_MS = 120_000;

await runCommand(readOptions, async (undo, options) => {
  const results = await runSeeds(undo, { ...options, longestMs: LONGEST_MS }, (own, seed, ...where) =>
    runSeed(own, seed, faultOf(seed, options.only), ...where),
  );
  const { lines, complaints } = judge(results);
  for (const line of lines) console.log(line);
  for (const complaint of complaints) console.error(complaint);
  return complaints.length === 0 ? 0 : 1;
});
