import { readFileSync } from "node:fs";
import { AnalyzeError } from "./errors.js";
import { parseBaseline } from "./gate/baseline-file.js";
import { type Expectations, expectationPath, parseExpectations } from "./gate/expectation-file.js";
import type { AcceptedFinding } from "./report/gate-summary.js";

/** Larger files are none that people wrote. */
const LARGEST_FILE_BYTES = 64 * 1024 * 1024;

/**
 * What the baseline at `path` accepts; null when there is no such file.
 * @throws AnalyzeError BASELINE_INVALID
 */
export function readBaseline(path: string): AcceptedFinding[] | null {
  const text = readIfThere(
    path,
    (reason) => new AnalyzeError("BASELINE_INVALID", `The baseline ${path} ${reason}.`),
  );
  return text === null ? null : parseBaseline(text, path);
}

/**
 * The expectations beside those captures that have any.
 * @param sources paths as the user named them
 * @throws AnalyzeError EXPECTATIONS_INVALID
 */
export function readExpectations(sources: readonly string[], ruleIds: readonly string[]): Expectations[] {
  return sources.flatMap((source) => {
    const path = expectationPath(source);
    const text = readIfThere(
      path,
      (reason) => new AnalyzeError("EXPECTATIONS_INVALID", `The expectations ${path} ${reason}.`),
    );
    return text === null ? [] : [parseExpectations(text, path, source, ruleIds)];
  });
}

function readIfThere(path: string, refusal: (reason: string) => AnalyzeError): string | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw refusal(`cannot be read (${code})`);
  }
  if (bytes.length > LARGEST_FILE_BYTES) throw refusal("is too large to be one");
  return bytes.toString("utf8");
}
