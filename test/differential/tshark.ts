import type { Agreement } from "../../src/compare/agreement.js";
import { type DifferingFrame, FrameComparison } from "../../src/compare/frame-comparison.js";
import { joinFrames } from "../../src/compare/join-frames.js";
import { ownAnswers } from "../../src/compare/own-answers.js";
import { TsharkTable } from "../../src/compare/tshark-table.js";
import { AnalyzeError } from "../../src/errors.js";
import { corpusCapture, corpusText } from "../support/corpus.js";

export const TSHARK_SUFFIX = ".tshark.tsv.gz";

/** Compares a capture of the corpus with tshark's table of it; `onDifference` sees the frames that differ. */
export async function compareWithTshark(
  name: string,
  onDifference: (frame: DifferingFrame) => void = () => {},
): Promise<Agreement> {
  const comparison = new FrameComparison();
  for await (const [ours, theirs] of joinFrames(readableAnswers(name), tsharkAnswers(name))) {
    const difference = comparison.add(ours, theirs);
    if (difference !== null) onDifference(difference);
  }
  return comparison.agreement;
}

/** Nothing for a capture that is refused with a sentence: it has no segments for us. */
export async function* readableAnswers(name: string) {
  try {
    yield* ownAnswers(corpusCapture(name));
  } catch (error) {
    if (!(error instanceof AnalyzeError)) throw error;
  }
}

export function* tsharkAnswers(name: string) {
  const [header, ...lines] = (corpusText(name, TSHARK_SUFFIX) ?? "").split("\n");
  const table = new TsharkTable(header ?? "");
  for (const line of lines) if (line !== "") yield table.row(line);
}
