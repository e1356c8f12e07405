import { AnalyzeError } from "../errors.js";
import { compareRuns } from "../run-comparison/compare-runs.js";
import { comparisonOfRunsJson, comparisonOfRunsLines } from "../run-comparison/format-comparison.js";
import type { RunSummary } from "../run-comparison/run-summary.js";
import { identify } from "../store/database-header.js";
import { openDatabase } from "../store/open-database.js";
import { EXIT_CLEAN } from "./exit-code.js";
import { Output, textWidth, withLineEnds } from "./output.js";
import { readRunSummary } from "./read-run-summary.js";

const EXIT_WORSE = 1;

/**
 * True for two databases, false for captures.
 * @throws AnalyzeError USAGE for a mix, and for databases that are not two
 */
export function areDatabases(paths: readonly string[]): boolean {
  const kinds = paths.map((path) => identityOf(path));
  if (!kinds.includes("ours")) return false;
  // What is missing is looked for as a database: that names it.
  const other = paths.find((_, index) => kinds[index] === "foreign");
  if (other !== undefined) {
    const advice = "compare takes two databases of tcptrace-analyze, or captures, not both";
    throw new AnalyzeError("USAGE", `${other} is no database of tcptrace-analyze: ${advice}.`);
  }
  if (paths.length === 2) return true;
  throw new AnalyzeError("USAGE", `Two databases can be compared, not ${paths.length}.`);
}

function identityOf(path: string): ReturnType<typeof identify>["is"] {
  try {
    return identify(path).is;
  } catch {
    return "foreign";
  }
}

/** Compares two databases; returns the exit code. */
export async function runCompareRuns(paths: readonly string[], isJson: boolean): Promise<number> {
  const [before, after] = paths;
  const comparison = compareRuns(summarize(before!), summarize(after!));
  const lines = isJson
    ? [comparisonOfRunsJson(comparison)]
    : comparisonOfRunsLines(comparison, textWidth(process.stdout));
  await new Output(process.stdout).write(withLineEnds(lines));
  return comparison.worse > 0 ? EXIT_WORSE : EXIT_CLEAN;
}

function summarize(path: string): RunSummary {
  const database = openDatabase(path);
  try {
    return readRunSummary(database);
  } finally {
    database.close();
  }
}
