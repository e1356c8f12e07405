import type { StreamResult } from "./analyze-stream.js";
import { spanOfCaptures } from "./capture-span.js";
import type { KernelSummary } from "./report/report.js";
import type { DatabaseTables } from "./store/database-tables.js";
import { storeKernel } from "./store-kernel.js";
import { summarizeKernel } from "./summarize-kernel.js";

/**
 * Stores what the kernel's files say with those streams of captures whose time they touch, or with the first. The summary
 * tells it by the clock of the first stream that it was stored with; null when nothing was said.
 */
export function storeKernelBeside(
  results: readonly StreamResult[],
  tables: DatabaseTables,
): KernelSummary | null {
  const told = results.flatMap(({ captures, kernel }) => (kernel === null ? [] : [{ captures, kernel }]));
  const touching = told.filter(({ kernel }) => kernel.files.some(({ overlapsCapture }) => overlapsCapture));
  const stored = touching.length > 0 ? touching : told.slice(0, 1);
  for (const { captures, kernel } of stored) {
    const capture = captures.find(({ originNs }) => originNs !== undefined);
    storeKernel(tables, kernel, capture?.id ?? null);
  }
  const [first] = stored;
  return first === undefined ? null : summarizeKernel(first.kernel, spanOfCaptures(first.captures).originNs);
}
