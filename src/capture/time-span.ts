import { stat } from "node:fs/promises";
import type { CaptureSource } from "./capture-source.js";
import { openCapture } from "./open-capture.js";

/** Where a capture lies in time, and what it must share with its neighbours in a series. */
export interface TimeSpan {
  readonly format: CaptureSource["format"];
  /** Of the first frame's interface. */
  readonly linkType: number;
  readonly firstNs: bigint;
  /** Latest time of any frame; null when the file is too large to be read for it. */
  readonly lastNs: bigint | null;
}

/** Larger files (as they lie on disk) are not read twice. */
const MAX_SCANNED_BYTES = 64 * 1024 * 1024;

/** Null for a capture without frames, and for a pipe, which can be read only once. Throws AnalyzeError as openCapture does. */
export async function readTimeSpan(path: string): Promise<TimeSpan | null> {
  const status = await stat(path);
  if (!status.isFile()) return null;
  const isScanned = status.size <= MAX_SCANNED_BYTES;
  const source = await openCapture(path);
  try {
    let linkType: number | undefined;
    let lastNs = 0;
    for await (const batch of source.batches()) {
      linkType ??= source.interfaces[batch.interfaceIndex[0]!]!.linkType;
      if (!isScanned) break;
      for (let row = 0; row < batch.length; row++) lastNs = Math.max(lastNs, batch.timeNs[row]!);
    }
    const firstNs = source.originNs;
    if (linkType === undefined || firstNs === undefined) return null;
    const end = isScanned ? firstNs + BigInt(lastNs) : null;
    return { format: source.format, linkType, firstNs, lastNs: end };
  } finally {
    await source.close();
  }
}
