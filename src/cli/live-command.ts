import type { LiveBackend } from "../capture/live/live-source.js";
import { type FailOn, readConfig } from "../config.js";
import { DEFAULT_DATABASE } from "../default-database.js";
import { SEVERITIES } from "../engine/finding.js";
import { AnalyzeError } from "../errors.js";
import { captureLive } from "../live/live.js";
import type { LiveSummary } from "../live/live-status.js";
import { parseDuration, parseRing, parseSize } from "../live/parse-live-words.js";
import { parseSocketAddress } from "../live/socket-address.js";
import { rules } from "../rules/index.js";
import { EXIT_CLEAN, EXIT_FINDINGS, EXIT_UNJUDGEABLE } from "./exit-code.js";
import { interruptible } from "./interrupt.js";
import { createLiveReporter, type LiveReporterArguments } from "./live-reporter.js";
import { mergeRuleArguments } from "./rule-arguments.js";

/** Options as commander gives them; undefined when not given. */
export interface LiveArguments extends LiveReporterArguments {
  readonly list?: boolean;
  readonly db?: string;
  readonly filter?: string;
  readonly duration?: string;
  readonly ring?: string;
  readonly backend?: LiveBackend | "auto";
  readonly snaplen?: number;
  readonly buffer?: string;
  readonly promiscuous?: boolean;
  readonly interval?: string;
  readonly maxFlows?: number;
  readonly user?: string;
  readonly metrics?: string;
  readonly statsd?: string;
  readonly savePackets?: string;
  readonly failOn?: FailOn;
  readonly rule?: readonly string[];
  readonly option?: readonly string[];
  readonly config?: string;
}

/** Captures until it is stopped, prints what it finds as it finds it, and returns the exit code. */
export async function runLive(interfaces: readonly string[], given: LiveArguments): Promise<number> {
  const config = readConfig(given.config, rules);
  const database = given.db ?? config.db ?? DEFAULT_DATABASE;
  const bufferBytes = given.buffer === undefined ? undefined : parseSize(given.buffer, "--buffer");
  const settings = {
    capture: {
      interfaces,
      filter: given.filter,
      snaplenBytes: given.snaplen,
      bufferBytes,
      isPromiscuous: given.promiscuous,
      backend: given.backend,
    },
    database,
    ring: parseRing(given.ring),
    mostFlows: given.maxFlows,
    metrics: given.metrics === undefined ? null : parseSocketAddress(given.metrics, "--metrics"),
    statsd: given.statsd === undefined ? null : parseSocketAddress(given.statsd, "--statsd", 1),
    user: given.user ?? null,
    packetFolder: given.savePackets ?? null,
    intervalMs: given.interval === undefined ? 1000 : parseDuration(given.interval, "--interval", 100),
    durationMs: given.duration === undefined ? null : parseDuration(given.duration, "--duration"),
    ruleSettings: mergeRuleArguments(config.rules, given),
  };
  const reporter = createLiveReporter(given, database);
  const summary = await interruptible((signal) => captureLive({ ...settings, listener: reporter, signal }));
  await reporter.end(summary);
  if (summary.damage !== null)
    throw new AnalyzeError("CAPTURE_FAILED", `The capture ended early: ${summary.damage}`);
  return exitCodeOf(summary, given.failOn ?? config.failOn ?? "error");
}

function exitCodeOf({ findings, unjudgeable }: LiveSummary, failOn: FailOn): number {
  const counted = failOn === "never" ? [] : SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  if (findings.some(({ finding }) => counted.includes(finding.severity))) return EXIT_FINDINGS;
  return unjudgeable === null ? EXIT_CLEAN : EXIT_UNJUDGEABLE;
}
