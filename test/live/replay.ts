import type { CaptureSource } from "../../src/capture/capture-source.js";
import type { LiveSource } from "../../src/capture/live/live-source.js";
import { openCapture } from "../../src/capture/open-capture.js";
import type { LiveFinding } from "../../src/live/known-findings.js";
import type { LiveRun } from "../../src/live/live-run.js";
import type { LiveSummary } from "../../src/live/live-status.js";
import type { RingLimits } from "../../src/store/live/live-messages.js";

type Built = typeof import("../../src/live/live-run.js") &
  typeof import("../../src/store/live/live-store.js") &
  typeof import("../../src/store/live/sql-rules-thread.js") &
  typeof import("../../src/engine/rule-settings.js") &
  typeof import("../../src/rules/index.js");

export interface ReplayOptions {
  /** Default 64. */
  readonly batchFrames?: number;
  /** Default 100 000. */
  readonly mostFlows?: number;
  readonly ring?: RingLimits;
  /** Called between batches; `frames`: how many there were so far. */
  readonly between?: (run: LiveRun, frames: number) => Promise<void>;
  readonly onFinding?: (finding: LiveFinding) => void;
}

/** The frames of a capture file as if they came from an interface, into a live database. */
export async function replay(
  capture: string,
  database: string,
  options: ReplayOptions = {},
): Promise<LiveSummary> {
  const { batchFrames = 64, mostFlows = 100_000, ring = { sizeBytes: null, ageNs: null } } = options;
  const built = await importBuilt();
  const source = asLive(await openCapture(capture, { batchFrames }), await originOf(capture));
  const active = built.activateRules(built.rules);
  const store = built.LiveStore.open(database, ring);
  const sqlRules = built.SqlRulesThread.open(store.path, active);
  const listener = {
    onStatus: () => {},
    onFinding: options.onFinding ?? (() => {}),
    onWithdrawn: () => {},
    onNote: () => {},
  };
  try {
    const run = new built.LiveRun(source, active, store, sqlRules, listener, mostFlows, null);
    for await (const frames of source.batches()) {
      await run.take(frames);
      run.commit();
      await options.between?.(run, source.frames);
    }
    return await run.finish(database, []);
  } finally {
    await source.close();
    await sqlRules?.close();
    await store.close();
  }
}

/** A thread runs built code only. */
async function importBuilt(): Promise<Built> {
  const names = [
    "live/live-run",
    "store/live/live-store",
    "store/live/sql-rules-thread",
    "engine/rule-settings",
    "rules/index",
  ];
  const modules = await Promise.all(
    names.map((name) => import(new URL(`../../dist/${name}.js`, import.meta.url).href)),
  );
  return Object.assign({}, ...modules);
}

async function originOf(capture: string): Promise<bigint> {
  const source = await openCapture(capture);
  try {
    for await (const _ of source.batches()) break;
    return source.originNs ?? 0n;
  } finally {
    await source.close();
  }
}

function asLive(source: CaptureSource, originNs: bigint): LiveSource {
  const drops = { received: null, droppedByKernel: null, droppedByInterface: null };
  return {
    get path() {
      return source.path;
    },
    format: "live",
    compression: null,
    get interfaces() {
      return source.interfaces;
    },
    originNs,
    get bytesRead() {
      return source.bytesRead;
    },
    bytesTotal: null,
    get frames() {
      return source.frames;
    },
    get damage() {
      return source.damage;
    },
    skipped: source.skipped,
    notes: [],
    backend: "libpcap",
    timestamps: "kernel",
    drops: () => drops,
    stop: () => {},
    batches: () => source.batches(),
    close: () => source.close(),
  };
}
