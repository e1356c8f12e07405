import { type AnalyzeOptions, analyze } from "../analyze.js";
import { type FailOn, readConfig, type Timeline } from "../config.js";
import { AnalyzeError } from "../errors.js";
import type { Progress } from "../progress-meter.js";
import type { KernelInputs } from "../read-kernel-files.js";
import { formatJson } from "../report/json.js";
import { formatText } from "../report/text.js";
import { rules } from "../rules/index.js";
import { DEFAULT_DATABASE } from "./database-argument.js";
import { exitCodeOf } from "./exit-code.js";
import { interruptible } from "./interrupt.js";
import { Output, textWidth } from "./output.js";
import { ProgressBar } from "./progress-bar.js";
import { mergeRuleArguments } from "./rule-arguments.js";

export const FORMATS = ["text", "json"] as const;

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
  readonly format: (typeof FORMATS)[number];
  readonly color: boolean;
  readonly quiet?: boolean;
}

/** Analyses captures, prints the report and returns the exit code. */
export async function runAnalyze(paths: readonly string[], given: AnalyzeArguments): Promise<number> {
  const config = readConfig(given.config, rules);
  const database = given.db ?? config.db ?? DEFAULT_DATABASE;
  const bar = process.stderr.isTTY && !given.quiet ? new ProgressBar(process.stderr) : null;
  const options: AnalyzeOptions = {
    paths,
    database,
    timeline: given.timeline ?? config.timeline ?? "all",
    ruleSettings: mergeRuleArguments(config.rules, given),
    ...kernelInputs(given),
    input: process.stdin,
  };
  const report = await analyzeInterruptibly(options, database, bar);
  const text =
    given.format === "json"
      ? formatJson(report)
      : formatText(report, { width: textWidth(process.stdout), colour: isColoured(given) });
  await new Output(process.stdout).write([text]);
  return exitCodeOf(report, given.failOn ?? config.failOn ?? "error");
}

function kernelInputs({
  counters = [],
  sockets = [],
  routes = [],
  clockOffset = 0,
}: AnalyzeArguments): KernelInputs {
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

/** Only on a terminal, and not against the user's wish: https://no-color.org. */
function isColoured({ color }: AnalyzeArguments): boolean {
  return color && process.stdout.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
}
