import type { FileFacts } from "./decode/decode-series.js";
import type { CaptureSpan } from "./kernel/clock.js";

/** The time of a stream; without frames the year 1970. */
export function spanOfCaptures(captures: readonly FileFacts[]): CaptureSpan {
  const originNs = captures.find((capture) => capture.originNs !== undefined)?.originNs ?? 0n;
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const capture of captures) {
    if (capture.startNs === null || capture.endNs === null) continue;
    startNs = Math.min(startNs, capture.startNs);
    endNs = Math.max(endNs, capture.endNs);
  }
  return startNs <= endNs ? { originNs, startNs, endNs } : { originNs, startNs: 0, endNs: 0 };
}
