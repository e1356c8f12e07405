import type { Readable } from "node:stream";
import { analyzeStream, type NextIds, type StreamOptions, type StreamResult } from "./analyze-stream.js";
import { buildReport } from "./build-report.js";
import { type CaptureStream, expandInputs } from "./capture/expand-inputs.js";
import { type DecodedPart, type DecodeProgress, decodeSeries } from "./decode/decode-series.js";
import { Encapsulations } from "./decode/encapsulations.js";
import { isSupportedLinkType, linkTypeName } from "./decode/link-type.js";
import { DEFAULT_DATABASE } from "./default-database.js";
import { relateFindings } from "./engine/relate.js";
import type { Rule } from "./engine/rule.js";
import { type ActiveRule, activateRules, type RuleSetting } from "./engine/rule-settings.js";
import { runSqlRules } from "./engine/sql-rules.js";
import { strengthenFindings } from "./engine/strengthen.js";
import { supersedeFindings } from "./engine/supersede.js";
import { weakenFindings } from "./engine/weaken.js";
import { AnalyzeError } from "./errors.js";
import { throwIfInterrupted, unlessInterrupted } from "./interruption.js";
import type { CaptureSpan } from "./kernel/clock.js";
import { observeKernel } from "./kernel/observations.js";
import { storeKernelBeside } from "./kernel-beside-captures.js";
import { type Progress, ProgressMeter } from "./progress-meter.js";
import { type KernelInputs, readKernelFiles } from "./read-kernel-files.js";
import type { Report } from "./report/report.js";
import { rules as builtInRules } from "./rules/index.js";
import { SegmentThread } from "./segment-thread/segment-thread.js";
import type { DatabaseTables } from "./store/database-tables.js";
import { DatabaseWriter } from "./store/database-writer.js";
import { StreamStatistics } from "./store/stream-statistics.js";
import { storeCaptures, storeFindings } from "./store-results.js";
import { ruleDocs } from "./version.js";

/** Frames of a batch: large enough that what is done once a batch costs nothing, small enough for the cache. */
const DEFAULT_BATCH_FRAMES = 8192;
/** Smaller input is decoded before a thread for it would have started. */
const THREAD_FROM_BYTES = 8 * 1024 * 1024;

export interface AnalyzeOptions extends KernelInputs {
  /** Files, folders, or `-` for `input`. At least one. */
  readonly paths: readonly string[];
  /** Where to write; default `tcptrace.db`; `:memory:` keeps nothing. */
  readonly database?: string;
  /** Whose segments to keep: default all. */
  readonly timeline?: "all" | "flagged" | "none";
  /** Default: the built-in ones. */
  readonly rules?: readonly Rule[];
  readonly ruleSettings?: Readonly<Record<string, RuleSetting>>;
  /** Frames per batch, at least 1; default 8192. */
  readonly batchFrames?: number;
  /**
   * Whether decoding, counting and storing segments get a thread of their own; default: for files of 8 MiB and more in
   * all. Never for pipes.
   */
  readonly thread?: boolean;
  /** What `-` stands for. */
  readonly input?: Readable;
  readonly onProgress?: (progress: Progress) => void;
  /** Aborting rejects with AnalyzeError INTERRUPTED and leaves no trace. */
  readonly signal?: AbortSignal;
}

/**
 * The whole analysis, in the order in which the data travels: captures are read, decoded, sorted into flows, watched by rules and
 * stored; what the kernel reported is added; then SQL rules query the database, and it is moved to its final name.
 * Rejects with AnalyzeError for what the user can fix; an existing database is replaced only by a complete one.
 */
export async function analyze(options: AnalyzeOptions): Promise<Report> {
  if (options.paths.length === 0)
    throw new AnalyzeError("USAGE", "There is nothing to analyze: no capture was named.");
  const active = activateRules(options.rules ?? builtInRules, options.ruleSettings);
  const target = options.database ?? DEFAULT_DATABASE;
  const kernelFiles = await readKernelFiles(options);
  const streams = await expandInputs(options.paths);
  const writer = new DatabaseWriter(target, { timeline: options.timeline ?? "all" });
  try {
    const observe =
      kernelFiles === null ? () => null : (span: CaptureSpan) => observeKernel(kernelFiles, span);
    const results = await readStreams(streams, active, writer, options, observe);
    const tables = writer.finishTimelines();
    storeCaptures(tables, results);
    const kernel = storeKernelBeside(results, tables);
    const findings = results.map((result) => {
      const asked = runSqlRules(active, result, (sql, parameters) => tables.selectAll(sql, parameters));
      const found = [...result.findings, ...asked];
      // The kernel's word first: a cause that it made certain explains what it could not before.
      const confirmed = result.kernel === null ? found : strengthenFindings(found, active, result.kernel);
      return weakenFindings(relateFindings(supersedeFindings(confirmed, active), active), active);
    });
    storeRules(tables, active);
    const stored = storeFindings(tables, results, findings);
    const kept = target === ":memory:" ? null : target;
    const report = buildReport(tables, active, results, stored, kernel, kept);
    throwIfInterrupted(options.signal);
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
  options: AnalyzeOptions,
  observe: StreamOptions["observeKernel"],
): Promise<StreamResult[]> {
  const { batchFrames = DEFAULT_BATCH_FRAMES, input, signal } = options;
  const next: NextIds = { capture: 1, flow: 1, repeat: 1 };
  const progress = await ProgressMeter.start(streams, options.onProgress);
  const wantsThread = options.thread ?? (progress.bytesTotal ?? 0) >= THREAD_FROM_BYTES;
  const thread = wantsThread && progress.bytesTotal !== null ? new SegmentThread(batchFrames, writer) : null;
  const encapsulations = new Encapsulations();
  const statistics = new StreamStatistics((row) => writer.appendStatistics(row));
  const results: StreamResult[] = [];
  try {
    for (const stream of streams) {
      const parts =
        thread?.series(stream, stream === streams.at(-1)) ??
        storeParts(decodeSeries(stream, { batchFrames, input, encapsulations }), writer, statistics);
      const onProgress = (reached: DecodeProgress): void => progress.reached(reached);
      results.push(
        await analyzeStream(parts, active, writer, next, { signal, onProgress, observeKernel: observe }),
      );
    }
    if (thread !== null) await unlessInterrupted(thread.finished(), signal);
  } finally {
    statistics.close();
    await thread?.close();
  }
  refuseUnsupportedLinkTypes(results);
  return results;
}

/** The same parts; the segments of each are stored once they have been used, at the end what was counted of them. */
async function* storeParts(
  parts: AsyncIterable<DecodedPart>,
  writer: DatabaseWriter,
  statistics: StreamStatistics,
): AsyncGenerator<DecodedPart, void, undefined> {
  for await (const part of parts) {
    yield part;
    if (part.kind === "file") {
      statistics.noteFile(part.file);
      continue;
    }
    writer.appendSegments(part.segments, part.segments.captureId);
    statistics.noteBatch(part.segments);
  }
  statistics.endStream();
}

/** When nothing at all could be looked at for its link type, an empty report would lie. */
function refuseUnsupportedLinkTypes(results: readonly StreamResult[]): void {
  const captures = results.flatMap((result) => result.captures);
  const unsupported = captures.filter(
    ({ interfaces }) =>
      interfaces.length > 0 && !interfaces.some((each) => isSupportedLinkType(each.linkType)),
  );
  const first = unsupported[0];
  if (first === undefined || unsupported.length < captures.length) return;
  const { linkType } = first.interfaces[0]!;
  const name = linkTypeName(linkType);
  const named = name === String(linkType) ? name : `${name} (${linkType})`;
  throw new AnalyzeError(
    "LINK_TYPE_UNSUPPORTED",
    `${first.path} has the link type ${named}, which cannot be decoded.`,
  );
}

function storeRules(tables: DatabaseTables, active: readonly ActiveRule[]): void {
  for (const { rule, severity } of active) {
    tables.insert("rules", { id: rule.id, summary: rule.meta.summary, severity, docs: ruleDocs(rule.id) });
  }
}
