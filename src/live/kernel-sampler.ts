import type { Counter } from "../kernel/counter.js";
import { sampleCounters } from "../kernel/live/sample-counters.js";
import { sampleListeners } from "../kernel/live/sample-listeners.js";
import type { RouteChange } from "../kernel/routes.js";
import type { ListenerRow } from "../kernel/socket-row.js";

/** What the kernel says at one moment. */
export interface KernelSample {
  readonly counters: readonly Counter[];
  /** Empty where they cannot be listed. */
  readonly listeners: readonly ListenerRow[];
  /** Changes since the sample before. */
  readonly routes: readonly RouteChange[];
}

/** Asks the kernel of this network namespace. Empty where it does not answer. */
export async function sampleKernel(): Promise<KernelSample> {
  const [counters, listeners] = await Promise.all([sampleCounters(), sampleListeners()]);
  return { counters, listeners, routes: [] };
}
