import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import type { LiveOptions } from "../capture/live/live-source.js";
import { openLive } from "../capture/live/open-live.js";
import type { Rule } from "../engine/rule.js";
import { activateRules, type RuleSetting } from "../engine/rule-settings.js";
import { AnalyzeError } from "../errors.js";
import { rules as builtInRules } from "../rules/index.js";
import type { RingLimits } from "../store/live/live-messages.js";
import { LiveStore } from "../store/live/live-store.js";
import { SqlRulesThread } from "../store/live/sql-rules-thread.js";
import { dropPrivileges, findAccount } from "./drop-privileges.js";
import { FlightRecorder } from "./flight-recorder.js";
import { KernelSampler } from "./kernel-sampler.js";
import { LiveRun } from "./live-run.js";
import type { LiveListener, LiveSummary } from "./live-status.js";
import { LiveTimers } from "./live-timers.js";
import { Metrics } from "./metrics.js";
import type { SocketAddress } from "./socket-address.js";
import { Statsd } from "./statsd.js";

/** How often what was captured becomes visible to readers, and how long frames may keep all else waiting. */
const COMMIT_MS = 500;
const BREATH_MS = 20;
/** How often it is seen whether the rules that are queries should be asked. */
const ASK_MS = 1000;
const MOST_FLOWS = 100_000;
/** When an end that was asked for takes longer, somebody should know why. */
const SLOW_END_MS = 3000;
const STILL_WRITING =
  "What was captured is still being written; another interrupt ends that at once, and leaves a database that opens and lacks the rest.";

export interface LiveRunOptions {
  readonly capture: Omit<LiveOptions, "user">;
  /** The database to write; one of ours there is replaced. */
  readonly database: string;
  readonly ring: RingLimits;
  /** Connections kept in memory, about 2.3 kB each; at least 1, default 100 000. The others stay in the database. */
  readonly mostFlows?: number | undefined;
  /** Time between two statuses, drops and samples of the kernel; milliseconds, at least 100. */
  readonly intervalMs: number;
  /** When it ends by itself; milliseconds, null for never. */
  readonly durationMs: number | null;
  /** Default: the built-in ones. Those that are queries ask the database every second, or less often when that takes long. */
  readonly rules?: readonly Rule[];
  readonly ruleSettings?: Readonly<Record<string, RuleSetting>>;
  readonly listener: LiveListener;
  /** Where Prometheus may ask; null for nowhere. */
  readonly metrics: SocketAddress | null;
  /** Where statsd receives figures; null for nowhere. */
  readonly statsd: SocketAddress | null;
  /** Who the process becomes when all sockets are open; null for nobody else. */
  readonly user: string | null;
  /** A folder for the frames of each finding's flows; null for none. */
  readonly packetFolder: string | null;
  /** Aborting ends the capture in order: with a whole database and a summary. */
  readonly signal: AbortSignal;
}

/**
 * A live capture: frames come in, become segments and flows, and go to the database; every interval the kernel is asked,
 * all flows are examined for findings, and drops are noted. Throws AnalyzeError for what the user can fix.
 */
export async function captureLive(options: LiveRunOptions): Promise<LiveSummary> {
  const { database, ring, signal, intervalMs, durationMs, packetFolder } = options;
  if (database === ":memory:")
    throw new AnalyzeError("USAGE", "A live capture needs a database file: --db FILE.");
  // V8 lets go of functions that a few garbage collections found unused: those of a look would be compiled anew each time.
  setFlagsFromString("--no-flush-bytecode");
  const active = activateRules(options.rules ?? builtInRules, options.ruleSettings);
  const account = options.user === null ? null : findAccount(options.user);
  const source = await openLive({ ...options.capture, user: account?.name });
  let store: LiveStore | null = null;
  let slowEnd: NodeJS.Timeout | undefined;
  const stop = (): void => {
    slowEnd ??= setTimeout(() => options.listener.onNote(STILL_WRITING), SLOW_END_MS);
    source.stop();
    store?.beginEnd();
  };
  const timers = new LiveTimers(stop);
  let sqlRules: SqlRulesThread | null = null;
  let metrics: Metrics | null = null;
  let kernel: KernelSampler | null = null;
  let statsd: Statsd | null = null;
  try {
    metrics = options.metrics === null ? null : await Metrics.open(options.metrics);
    // What is opened afterwards, the database above all, is that user's.
    if (account !== null) dropPrivileges(account);
    statsd = options.statsd === null ? null : new Statsd(options.statsd);
    const listener = all([options.listener, metrics, statsd].filter((each) => each !== null));
    const recorder = packetFolder === null ? null : FlightRecorder.open(packetFolder, source);
    store = LiveStore.open(database, ring);
    sqlRules = SqlRulesThread.open(store.path, active);
    const mostFlows = options.mostFlows ?? MOST_FLOWS;
    const run = new LiveRun(source, active, store, sqlRules, listener, mostFlows, recorder);
    const sampler = await KernelSampler.start();
    kernel = sampler;
    const sample = async (): Promise<void> => run.noteKernel(await sampler.sample(run.socketsToAsk()));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    await sample();
    timers.every(intervalMs, () => run.tell());
    timers.every(intervalMs, sample);
    timers.every(COMMIT_MS, () => run.commit());
    timers.every(ASK_MS, () => run.askSqlRules());
    timers.every(BREATH_MS, () => run.lookOn());
    if (durationMs !== null) timers.after(durationMs, stop);
    let breathedMs = performance.now();
    for await (const frames of source.batches()) {
      await run.take(frames);
      if (performance.now() - breathedMs < BREATH_MS) continue;
      await setImmediate();
      breathedMs = performance.now();
    }
    timers.end();
    await sample();
    return await run.finish(database, sampler.notes);
  } finally {
    clearTimeout(slowEnd);
    timers.close();
    signal.removeEventListener("abort", stop);
    await source.close();
    await kernel?.close();
    await sqlRules?.close();
    await store?.close();
    await metrics?.close();
    await statsd?.close();
  }
}

/** Tells each of them. */
function all(listeners: readonly LiveListener[]): LiveListener {
  return {
    onStatus(status) {
      for (const each of listeners) each.onStatus(status);
    },
    onFinding(finding) {
      for (const each of listeners) each.onFinding(finding);
    },
    onWithdrawn(id) {
      for (const each of listeners) each.onWithdrawn(id);
    },
    onNote(text) {
      for (const each of listeners) each.onNote(text);
    },
  };
}
