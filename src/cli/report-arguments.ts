import { resolve } from "node:path";
import { AnalyzeError } from "../errors.js";
import { REPORT_FORMATS, type ReportFormatName } from "../report-formats.js";

/** What stands for standard output. */
export const STANDARD_OUTPUT = "-";

/** A report that is wanted, and where. */
export interface ReportTarget {
  readonly format: ReportFormatName;
  readonly path: string;
}

/**
 * Reads arguments of the form `FORMAT=FILE`.
 * @throws AnalyzeError USAGE for another form, an unknown format, or a file named twice
 */
export function readReportArguments(given: readonly string[]): ReportTarget[] {
  const targets = given.map(readReportArgument);
  const paths = targets.flatMap(({ path }) => (path === STANDARD_OUTPUT ? [] : [resolve(path)]));
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) {
    throw new AnalyzeError("USAGE", `--report names ${twice} twice; every report needs a file of its own.`);
  }
  return targets;
}

function readReportArgument(argument: string): ReportTarget {
  const at = argument.indexOf("=");
  const name = argument.slice(0, Math.max(at, 0));
  const path = argument.slice(at + 1);
  const format = REPORT_FORMATS.find((candidate) => candidate === name);
  if (at >= 0 && format !== undefined && path !== "") return { format, path };
  throw new AnalyzeError(
    "USAGE",
    `--report takes FORMAT=FILE with one of the formats ${REPORT_FORMATS.join(", ")}, not "${argument}".`,
  );
}
