import { join } from "node:path";
import { type AnalyzeOptions, analyze } from "../analyze.js";
import { STANDARD_INPUT } from "../capture/open-capture.js";
import { DEFAULT_CONFIG_PATH, type FailOn, readConfig, type Timeline } from "../config.js";
import { DEFAULT_DATABASE } from "../default-database.js";
import { AnalyzeError } from "../errors.js";
import { dateOf } from "../gate/date.js";
import { expectationPath } from "../gate/expectation-file.js";
import { judgeGate } from "../gate/judge-gate.js";
import type { Progress } from "../progress-meter.js";
import { readBaseline, readExpectations } from "../read-gate-files.js";
import type { KernelInputs } from "../read-kernel-files.js";
import { loadReportWriter, needsDatabase, type ReportFormatName } from "../report-formats.js";
import { rules } from "../rules/index.js";
import { isColoured } from "./colour.js";
import { exitCodeOf } from "./exit-code.js";
import { interruptible } from "./interrupt.js";
import { ProgressBar } from "./progress-bar.js";
import { type ReportTarget, readReportArguments, STANDARD_OUTPUT } from "./report-arguments.js";
import { mergeRuleArguments } from "./rule-arguments.js";
import { withTemporaryFolder } from "./temporary-folder.js";
import { refuseOverwriting, writeReports } from "./write-reports.js";

/** Where a report reads a database that nobody keeps. */
const SCRATCH = "tcptrace.db";

/** Options as commander gives them; undefined when not given. */
export interface AnalyzeArguments {
  readonly db?: string;
  readonly timeline?: Timeline;
  readonly failOn?: FailOn;
  readonly rule?: readonly string[];
  readonly option?: readonly string[];
  readonly counters?: readonly string[];
  readonly sockets?: readonly string[];
  readonly routes?: readonly string[];
  readonly clockOffset?: number;
  readonly config?: string;
  readonly format?: ReportFormatName;
  readonly report?: readonly string[];
  readonly baseline?: string;
  readonly color: boolean;
  readonly quiet?: boolean;
}

/** Analyses captures, writes the reports and returns the exit code. */
export async function runAnalyze(paths: readonly string[], given: AnalyzeArguments): Promise<number> {
  const config = readConfig(given.config, rules);
  const targets = readTargets(given, config.report ?? []);
  const kept = given.db ?? config.db ?? DEFAULT_DATABASE;
  const kernel = kernelInputs(given);
  const baseline = readNamedBaseline(given.baseline ?? config.baseline);
  const beside = [...kernel.counters, ...kernel.sockets, ...kernel.routes];
  const settings = [given.config ?? DEFAULT_CONFIG_PATH, ...(baseline === null ? [] : [baseline.path])];
  refuseOverwriting(targets, [...withExpectations(paths), ...beside, ...settings, kept]);
  const options = {
    paths,
    timeline: given.timeline ?? config.timeline ?? "all",
    ruleSettings: mergeRuleArguments(config.rules, given),
    ...kernel,
    input: process.stdin,
  };
  // While a pipe is read for hours the program may be replaced: what writes the reports is loaded before.
  await Promise.all(targets.map(({ format }) => loadReportWriter(format)));
  const bar = process.stderr.isTTY && !given.quiet ? new ProgressBar(process.stderr) : null;
  const run = async (database: string): Promise<number> => {
    const analyzed = await analyzeInterruptibly({ ...options, database }, kept, bar);
    const sources = analyzed.captures.map(({ source }) => source);
    refuseOverwriting(targets, withExpectations(sources));
    const gate = judgeGate(analyzed, {
      failOn: given.failOn ?? config.failOn ?? "error",
      baseline,
      expectations: readExpectations(
        sources.filter((source) => source !== STANDARD_INPUT),
        rules.map(({ id }) => id),
      ),
      today: dateOf(Date.now()),
    });
    const report = { ...analyzed, gate, ...(kept === ":memory:" ? { database: null } : {}) };
    await writeReports(targets, { report, databasePath: database }, isColoured(given.color));
    return exitCodeOf(gate);
  };
  const isTemporary = kept === ":memory:" && targets.some(({ format }) => needsDatabase(format));
  return await (isTemporary ? withTemporaryFolder((folder) => run(join(folder, SCRATCH))) : run(kept));
}

/** The captures and the files beside them, whether or not there are any. */
function withExpectations(captures: readonly string[]): string[] {
  return captures.flatMap((path) => [path, expectationPath(path)]);
}

function readNamedBaseline(path: string | undefined) {
  if (path === undefined) return null;
  const accepted = readBaseline(path);
  if (accepted !== null) return { path, accepted };
  const advice = "`tcptrace-analyze baseline` writes one from a database";
  throw new AnalyzeError("BASELINE_INVALID", `There is no baseline ${path}; ${advice}.`);
}

/** The reports of the command line, or else of the configuration; standard output gets one in any case. */
function readTargets(given: AnalyzeArguments, configured: readonly string[]): ReportTarget[] {
  const targets = readReportArguments(given.report ?? configured);
  if (given.format !== undefined) return [{ format: given.format, path: STANDARD_OUTPUT }, ...targets];
  if (targets.some(({ path }) => path === STANDARD_OUTPUT)) return targets;
  return [{ format: "text", path: STANDARD_OUTPUT }, ...targets];
}

function kernelInputs({
  counters = [],
  sockets = [],
  routes = [],
  clockOffset = 0,
}: AnalyzeArguments): Required<KernelInputs> {
  return { counters, sockets, routes, clockOffsetSeconds: clockOffset };
}

async function analyzeInterruptibly(options: AnalyzeOptions, database: string, bar: ProgressBar | null) {
  try {
    return await interruptible((signal) => {
      // A pipe that says nothing would never let the analysis see the signal.
      signal.addEventListener("abort", () => process.stdin.destroy());
      const onProgress = (progress: Progress): void => {
        // A capture that ends because of that must not be taken for a whole one.
        if (signal.aborted) throw new AnalyzeError("INTERRUPTED", "Interrupted.");
        bar?.update(progress);
      };
      return analyze({ ...options, signal, onProgress });
    });
  } catch (error) {
    if (!(error instanceof AnalyzeError) || error.code !== "INTERRUPTED") throw error;
    const kept = database === ":memory:" ? "nothing was kept" : `${database} was left as it was`;
    throw new AnalyzeError("INTERRUPTED", `Interrupted; ${kept}.`, { cause: error });
  } finally {
    bar?.clear();
  }
}
