import type { StreamResult } from "./analyze-stream.js";
import type { CaptureSpan } from "./kernel/clock.js";
import type { KernelFiles } from "./kernel/kernel-files.js";
import { type KernelObservations, observeKernel } from "./kernel/observations.js";
import type { KernelSummary } from "./report/report.js";
import type { DatabaseTables } from "./store/database-tables.js";
import { storeKernel } from "./store-kernel.js";
import { summarizeKernel } from "./summarize-kernel.js";

/** What the kernel's files say on the clock of each stream, and all together. */
export interface KernelBeside {
  /** By stream. */
  readonly observations: readonly KernelObservations[];
  readonly summary: KernelSummary;
}

/**
 * Puts the kernel's files on the clock of each stream of captures and stores them with those whose time they touch, or
 * with the first. The report tells them by the clock of the first stream that they were stored with.
 */
export function setBesideCaptures(
  kernel: KernelFiles,
  results: readonly StreamResult[],
  tables: DatabaseTables,
): KernelBeside {
  const spans = results.map(spanOf);
  const observations = spans.map((span) => observeKernel(kernel, span));
  const touching = [...observations.keys()].filter((index) =>
    observations[index]!.files.some(({ overlapsCapture }) => overlapsCapture),
  );
  const stored = touching.length > 0 ? touching : [0];
  for (const index of stored) {
    const capture = results[index]!.captures.find(({ originNs }) => originNs !== undefined);
    storeKernel(tables, observations[index]!, capture?.id ?? null);
  }
  const first = stored[0]!;
  return { observations, summary: summarizeKernel(observations[first]!, spans[first]!.originNs) };
}

/** The time of a stream; without frames the year 1970. */
function spanOf({ captures }: StreamResult): CaptureSpan {
  const originNs = captures.find((capture) => capture.originNs !== undefined)?.originNs ?? 0n;
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const capture of captures) {
    if (capture.startNs === null) continue;
    startNs = Math.min(startNs, capture.startNs);
    endNs = Math.max(endNs, capture.startNs + capture.durationNs);
  }
  return startNs <= endNs ? { originNs, startNs, endNs } : { originNs, startNs: 0, endNs: 0 };
}
