import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { AnalyzeError } from "../errors.js";
import { replaceFile } from "../replace-file.js";
import { type ReportSource, writeReport } from "../report-formats.js";
import { Output, textWidth } from "./output.js";
import { type ReportTarget, STANDARD_OUTPUT } from "./report-arguments.js";

/** Columns of a text report in a file. */
const FILE_COLUMNS = 80;

/**
 * Writes the reports to standard output first, then those to files. One that cannot be written does not keep the others
 * from being written.
 * @param isColoured whether text on standard output may be coloured
 * @throws AnalyzeError REPORT_WRITE with a sentence for all that could not be written
 */
export async function writeReports(
  targets: readonly ReportTarget[],
  source: Omit<ReportSource, "text">,
  isColoured: boolean,
): Promise<void> {
  const output = new Output(process.stdout);
  const failures: AnalyzeError[] = [];
  const shown = { width: textWidth(process.stdout), colour: isColoured };
  for (const { format, path } of targets) {
    if (path === STANDARD_OUTPUT) await output.write(writeReport(format, { ...source, text: shown }));
  }
  for (const { format, path } of targets) {
    if (path === STANDARD_OUTPUT) continue;
    const text = { width: FILE_COLUMNS, colour: false };
    try {
      replaceFile(path, writeReport(format, { ...source, text }), `the ${format} report`, "REPORT_WRITE");
    } catch (error) {
      if (!(error instanceof AnalyzeError)) throw error;
      failures.push(error);
    }
  }
  if (failures.length === 0) return;
  const sentence = failures.map(({ message }) => message).join("; ");
  throw new AnalyzeError("REPORT_WRITE", sentence, { cause: failures[0] });
}

/**
 * Refuses reports that would take the place of a file that the run reads or writes.
 * @param files captures, files beside them, the database
 * @throws AnalyzeError USAGE
 */
export function refuseOverwriting(targets: readonly ReportTarget[], files: readonly string[]): void {
  const taken = new Set(files.map(identityOf));
  for (const { format, path } of targets) {
    if (path === STANDARD_OUTPUT || !taken.has(identityOf(path))) continue;
    throw new AnalyzeError(
      "USAGE",
      `--report ${format}=${path} would overwrite a file that this run needs; name another.`,
    );
  }
}

function identityOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
