import type { Agreement } from "./agreement.js";
import { type DifferingFrame, FrameComparison } from "./frame-comparison.js";
import { joinFrames } from "./join-frames.js";
import { ownAnswers } from "./own-answers.js";
import { tsharkAnswers } from "./tshark-process.js";

/** What the comparison of a capture with the installed tshark gave. */
export interface CaptureComparison {
  readonly path: string;
  readonly agreement: Agreement;
  /** The first frames that differ. */
  readonly differing: readonly DifferingFrame[];
}

/** Compares one capture; keeps at most `limit` differing frames. Throws AnalyzeError as both readers do. */
export async function compareCapture(path: string, limit: number): Promise<CaptureComparison> {
  const comparison = new FrameComparison();
  const differing: DifferingFrame[] = [];
  for await (const [ours, theirs] of joinFrames(ownAnswers(path), tsharkAnswers(path))) {
    const difference = comparison.add(ours, theirs);
    if (difference !== null && differing.length < limit) differing.push(difference);
  }
  return { path, agreement: comparison.agreement, differing };
}
