import type { Readable } from "node:stream";
import { analyzeStream, type NextIds, type StreamResult } from "./analyze-stream.js";
import { buildReport } from "./build-report.js";
import { type CaptureStream, expandInputs } from "./capture/expand-inputs.js";
import { Encapsulations } from "./decode/encapsulations.js";
import { isSupportedLinkType, linkTypeName } from "./decode/link-type.js";
import type { Rule } from "./engine/rule.js";
import { type ActiveRule, activateRules, type RuleSetting } from "./engine/rule-settings.js";
import { runSqlRules } from "./engine/sql-rules.js";
import { AnalyzeError } from "./errors.js";
import { type Progress, ProgressMeter } from "./progress-meter.js";
import type { Report } from "./report/report.js";
import { rules as builtInRules } from "./rules/index.js";
import type { DatabaseTables } from "./store/database-tables.js";
import { DatabaseWriter } from "./store/database-writer.js";
import { storeResults } from "./store-results.js";
import { ruleDocs } from "./version.js";

export interface AnalyzeOptions {
  /** Files, folders, or `-` for `input`. At least one. */
  readonly paths: readonly string[];
  /** Where to write; default `tcptrace.db`; `:memory:` keeps nothing. */
  readonly database?: string;
  /** Whose segments to keep: default all. */
  readonly timeline?: "all" | "flagged" | "none";
  /** Default: the built-in ones. */
  readonly rules?: readonly Rule[];
  readonly ruleSettings?: Readonly<Record<string, RuleSetting>>;
  /** Frames per batch, at least 1; default 4096. */
  readonly batchFrames?: number;
  /** What `-` stands for. */
  readonly input?: Readable;
  readonly onProgress?: (progress: Progress) => void;
  /** Aborting rejects with AnalyzeError INTERRUPTED and leaves no trace. */
  readonly signal?: AbortSignal;
}

/**
 * The whole way, in the order the data travels: captures are read, decoded, sorted into flows, watched by rules and
 * stored; then rules ask the database, and it takes its place. Rejects with AnalyzeError for what the user can mend;
 * an existing database is replaced only by a whole one.
 */
export async function analyze(options: AnalyzeOptions): Promise<Report> {
  const active = activateRules(options.rules ?? builtInRules, options.ruleSettings);
  const target = options.database ?? "tcptrace.db";
  const streams = await expandInputs(options.paths);
  const writer = new DatabaseWriter(target, { timeline: options.timeline ?? "all" });
  try {
    const encapsulations = new Encapsulations();
    const results = await readStreams(streams, active, writer, encapsulations, options);
    const tables = writer.finishTimelines();
    const findings = results.map((result) => [
      ...result.findings,
      ...runSqlRules(active, result, (sql, parameters) => tables.selectAll(sql, parameters)),
    ]);
    storeRules(tables, active);
    const stored = storeResults(tables, results, findings, encapsulations);
    const report = buildReport(tables, active, results, stored, target === ":memory:" ? null : target);
    tables.commit();
    return report;
  } finally {
    writer.close();
  }
}

async function readStreams(
  streams: readonly CaptureStream[],
  active: readonly ActiveRule[],
  writer: DatabaseWriter,
  encapsulations: Encapsulations,
  options: AnalyzeOptions,
): Promise<StreamResult[]> {
  const { batchFrames, input, signal } = options;
  const next: NextIds = { capture: 1, flow: 1 };
  const progress = await ProgressMeter.start(streams, options.onProgress);
  const results: StreamResult[] = [];
  for (const stream of streams) {
    const result = await analyzeStream(stream, active, writer, next, {
      ...(batchFrames === undefined ? {} : { batchFrames }),
      input,
      signal,
      encapsulations,
      onProgress: (source) => progress.reading(source),
    });
    results.push(result);
  }
  refuseUnsupportedLinkTypes(results);
  return results;
}

/** When nothing at all could be looked at for its link type, an empty report would lie. */
function refuseUnsupportedLinkTypes(results: readonly StreamResult[]): void {
  const captures = results.flatMap((result) => result.captures);
  const unsupported = captures.filter(
    ({ source }) =>
      source.interfaces.length > 0 && !source.interfaces.some((each) => isSupportedLinkType(each.linkType)),
  );
  const first = unsupported[0];
  if (first === undefined || unsupported.length < captures.length) return;
  const linkType = first.source.interfaces[0]!.linkType;
  throw new AnalyzeError(
    "LINK_TYPE_UNSUPPORTED",
    `${first.source.path} has the link type ${linkTypeName(linkType)} (${linkType}), which cannot be decoded.`,
  );
}

function storeRules(tables: DatabaseTables, active: readonly ActiveRule[]): void {
  for (const { rule, severity } of active) {
    tables.insert("rules", { id: rule.id, summary: rule.meta.summary, severity, docs: ruleDocs(rule.id) });
  }
}
