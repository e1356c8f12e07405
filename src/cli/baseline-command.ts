import { readConfig } from "../config.js";
import { AnalyzeError } from "../errors.js";
import { acceptFindings } from "../gate/baseline.js";
import { formatBaseline } from "../gate/baseline-file.js";
import { dateAfter, dateOf, isDate } from "../gate/date.js";
import { keyOf } from "../gate/rated-finding.js";
import { readBaseline } from "../read-gate-files.js";
import { replaceFile } from "../replace-file.js";
import { printable } from "../report/printable.js";
import { countOf } from "../report/quantity.js";
import { rules } from "../rules/index.js";
import { DEFAULT_BASELINE, DEFAULT_DAYS } from "./choices.js";
import { type DatabaseArguments, withDatabase } from "./database-argument.js";
import { EXIT_CLEAN } from "./exit-code.js";
import { Output, withLineEnds } from "./output.js";
import { readRatedFindings, readUnjudgeable } from "./read-run-summary.js";

const DEFAULT_REASON = "there when the baseline was written";

export interface BaselineArguments extends DatabaseArguments {
  readonly output?: string;
  readonly reason?: string;
  readonly expires?: string;
}

/** Writes the findings of a database down as accepted; returns the exit code. */
export async function runBaseline(given: BaselineArguments): Promise<number> {
  const path = given.output ?? readConfig(given.config, rules).baseline ?? DEFAULT_BASELINE;
  const nowMs = Date.now();
  const today = dateOf(nowMs);
  const expires = given.expires ?? dateAfter(nowMs, DEFAULT_DAYS);
  if (!isDate(expires) || expires < today) {
    const example = dateAfter(nowMs, DEFAULT_DAYS);
    throw new AnalyzeError("USAGE", `--expires takes a date to come, such as ${example}, not "${expires}".`);
  }
  if (given.reason?.trim() === "")
    throw new AnalyzeError("USAGE", "--reason takes a text that is not empty.");
  // What lies there must be a baseline: anything else would be lost.
  const before = readBaseline(path) ?? [];
  const { findings, unjudgeable } = await withDatabase(given, async (database) => ({
    findings: readRatedFindings(database),
    unjudgeable: readUnjudgeable(database),
  }));
  const reason = given.reason ?? DEFAULT_REASON;
  const accepted = acceptFindings(findings, before, {
    ...{ reason, expires, today },
    isJudgeable: unjudgeable === null,
  });
  replaceFile(path, [formatBaseline(accepted)], "the baseline", "BASELINE_WRITE");
  const kept = new Set(accepted.map((entry) => keyOf(entry.rule, entry.subject)));
  const gone = before.filter((entry) => !kept.has(keyOf(entry.rule, entry.subject)));
  const sentences = [
    `${countOf(accepted.length, "finding is", "findings are")} accepted in ${path}.`,
    ...(unjudgeable === null
      ? []
      : [`What was accepted before stays, found or not: ${unjudgeable.replace(/\.$/, "")}.`]),
    ...gone.map(({ rule, subject }) => `Left out, since it is found no more: ${rule} about ${subject}.`),
  ];
  await new Output(process.stdout).write(withLineEnds(sentences.map(printable)));
  return EXIT_CLEAN;
}
