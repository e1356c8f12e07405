import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { AnalyzeError, whyNotWritten } from "../errors.js";
import { replaceFile } from "../replace-file.js";
import { withoutCommands } from "../report/github.js";
import { formatMarkdown } from "../report/markdown.js";
import type { Report } from "../report/report.js";
import { loadReportWriter, type ReportSource } from "../report-formats.js";
import { identityOf } from "./file-identity.js";
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
  const attempt = (write: () => void): void => {
    try {
      write();
    } catch (error) {
      if (!(error instanceof AnalyzeError)) throw error;
      failures.push(error);
    }
  };
  const shown = { width: textWidth(process.stdout), colour: isColoured };
  const onOutput = targets.filter(({ path }) => path === STANDARD_OUTPUT);
  const hasCommands = onOutput.some(({ format }) => format === "github");
  for (const { format } of onOutput) {
    const pieces = (await loadReportWriter(format))({ ...source, text: shown });
    await output.write(hasCommands && format !== "github" ? withoutCommands(pieces, randomUUID()) : pieces);
  }
  for (const { format, path } of targets) {
    if (path === STANDARD_OUTPUT) continue;
    const text = { width: FILE_COLUMNS, colour: false };
    const write = await loadReportWriter(format);
    attempt(() => replaceFile(path, write({ ...source, text }), `the ${format} report`, "REPORT_WRITE"));
  }
  if (targets.some(({ format }) => format === "github")) attempt(() => appendStepSummary(source.report));
  if (failures.length === 0) return;
  const sentence = failures.map(({ message }) => message).join("; ");
  throw new AnalyzeError("REPORT_WRITE", sentence, { cause: failures[0] });
}

/** GitHub Actions shows what is appended to this file with the run; no file, nobody to show it to. */
function appendStepSummary(report: Report): void {
  const path = process.env["GITHUB_STEP_SUMMARY"];
  if (!path) return;
  try {
    appendFileSync(path, formatMarkdown(report));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const sentence = `cannot write the step summary ${path}: ${whyNotWritten(code)}`;
    throw new AnalyzeError("REPORT_WRITE", sentence, { cause: error });
  }
}

/**
 * Refuses reports that would take the place of a file that the run reads or writes.
 * @param files captures, files beside them, configuration, baseline, the database
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
