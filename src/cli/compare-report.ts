import { framesOf } from "../compare/agreement.js";
import type { CaptureComparison } from "../compare/compare-capture.js";
import { agreementLines } from "../compare/format-agreement.js";
import { formatDifferences, formatFrame, formatValue } from "../compare/format-frame.js";
import type { DifferingFrame } from "../compare/frame-comparison.js";
import { printable, printableJson } from "../report/printable.js";
import { countOf } from "../report/quantity.js";

const JSON_INDENT = 2;

/** The comparison of one capture as text. */
export function* comparisonLines(comparison: CaptureComparison, version: string): Iterable<string> {
  const { path, agreement, differing } = comparison;
  yield `${printable(path)}, compared with tshark ${version}:`;
  yield* agreementLines(agreement);
  yield "";
  const all = framesOf(agreement) - agreement.sameFrames;
  if (all === 0) return;
  yield all === differing.length
    ? `${countOf(all, "frame differs", "frames differ")}:`
    : `${countOf(all, "frame differs", "frames differ")}, here the first ${differing.length}:`;
  for (const frame of differing) {
    yield "";
    yield `  ${formatFrame((frame.ours ?? frame.theirs)!)}`;
    for (const line of formatDifferences(frame)) yield `  ${line}`;
  }
  yield "";
}

/** The comparisons as one JSON object. */
export function comparisonJson(comparisons: readonly CaptureComparison[], version: string): string {
  const captures = comparisons.map(({ path, agreement, differing }) => ({
    path,
    agreement,
    differing: differing.map(differingJson),
  }));
  return printableJson({ tshark: version, captures }, JSON_INDENT);
}

function differingJson({ frame, ours, theirs, differences }: DifferingFrame) {
  if (ours === null || theirs === null) return { frame, only: ours === null ? "tshark" : "ours" };
  return {
    frame,
    differences: differences.map((name) => ({
      name,
      ours: formatValue(ours, name),
      tshark: formatValue(theirs, name),
    })),
  };
}
