import { agreementLines } from "../../src/compare/format-agreement.js";
import { formatDifferences, formatFrame, formatLabels } from "../../src/compare/format-frame.js";
import type { FrameAnswer } from "../../src/compare/frame-answer.js";
import { type DifferingFrame, FrameComparison } from "../../src/compare/frame-comparison.js";
import { joinFrames } from "../../src/compare/join-frames.js";
import { LABELS } from "../../src/flows/labels/label.js";
import { readableAnswers, tsharkAnswers } from "./tshark.js";

/** Frames of the same connection that are shown before one that differs. */
const CONTEXT_FRAMES = 6;

/**
 * Lines that show each frame of a capture in which tshark and we differ, behind the frames that came before it.
 * @param only what must differ, `frame`, `labels`, a label or a field in tshark's name; undefined: anything
 */
export async function* differenceLines(
  name: string,
  only: string | undefined,
): AsyncGenerator<string, void, undefined> {
  const comparison = new FrameComparison();
  const context = new Map<number, string[]>();
  let isNamed = false;
  for await (const [ours, theirs] of joinFrames(readableAnswers(name), tsharkAnswers(name))) {
    const difference = comparison.add(ours, theirs);
    const before = ours === null ? [] : (context.get(ours.stream) ?? []);
    const line = formatFrame((ours ?? theirs)!);
    const isShown = difference !== null && concerns(difference, only);
    if (isShown) {
      yield isNamed ? "" : `${name}\n`;
      isNamed = true;
      yield* before.map((earlier) => `    ${earlier}`);
      yield `  ! ${line}`;
      yield* formatDifferences(difference).map((text) => `      ${text}`);
    }
    if (ours === null) continue;
    // What has been shown is not shown again.
    if (isShown) before.length = 0;
    else before.push(line + labelNote(ours));
    if (before.length > CONTEXT_FRAMES) before.shift();
    context.set(ours.stream, before);
  }
  if (only === undefined) yield* [isNamed ? "" : `${name}\n`, ...agreementLines(comparison.agreement)];
}

function concerns({ ours, theirs, differences }: DifferingFrame, only: string | undefined): boolean {
  if (only === undefined || differences.includes(only)) return true;
  const label = LABELS.find(({ name }) => name === only);
  return label !== undefined && (((ours?.labels ?? 0) ^ (theirs?.labels ?? 0)) & label.bit) !== 0;
}

function labelNote({ labels }: FrameAnswer): string {
  return labels === 0 ? "" : ` [${formatLabels(labels)}]`;
}
