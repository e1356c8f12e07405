import { framesOf } from "../compare/agreement.js";
import { type CaptureComparison, compareCapture } from "../compare/compare-capture.js";
import { tsharkVersion } from "../compare/tshark-process.js";
import { AnalyzeError } from "../errors.js";
import { comparisonJson, comparisonLines } from "./compare-report.js";
import { areDatabases, runCompareRuns } from "./compare-runs-command.js";
import { formatDiagnostic } from "./diagnostic.js";
import { EXIT_CLEAN } from "./exit-code.js";
import { readLimit } from "./limit-argument.js";
import { Output, withLineEnds } from "./output.js";

/** The labels mean what this line of releases means by them. */
const KNOWN_RELEASE = "4.0.";
const EXIT_DIFFERENT = 1;

export interface CompareArguments {
  readonly json?: boolean;
  readonly limit?: string;
}

/** Compares two databases, or captures with the installed tshark, frame by frame; returns the exit code. */
export async function runCompare(paths: readonly string[], given: CompareArguments): Promise<number> {
  if (areDatabases(paths)) {
    if (given.limit === undefined) return await runCompareRuns(paths, given.json === true);
    throw new AnalyzeError("USAGE", "--limit is about frames; databases have no use for it.");
  }
  const limit = readLimit(given.limit, "frames");
  if (paths.includes("-")) {
    throw new AnalyzeError("USAGE", "Standard input cannot be read twice: name a file that both can read.");
  }
  const version = await tsharkVersion();
  if (!version.startsWith(KNOWN_RELEASE)) {
    const sentence = `this is tshark ${version}; the labels are those of tshark 4.0, and some changed since: docs/differences.md`;
    process.stderr.write(formatDiagnostic(sentence));
  }
  const output = new Output(process.stdout);
  const comparisons: CaptureComparison[] = [];
  let isEqual = true;
  for (const path of paths) {
    const comparison = await compareCapture(path, limit);
    isEqual &&= comparison.agreement.sameFrames === framesOf(comparison.agreement);
    if (given.json) comparisons.push(comparison);
    else await output.write(withLineEnds(comparisonLines(comparison, version)));
  }
  if (given.json) await output.write(withLineEnds([comparisonJson(comparisons, version)]));
  return isEqual ? EXIT_CLEAN : EXIT_DIFFERENT;
}
