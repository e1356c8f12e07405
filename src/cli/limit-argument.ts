import { AnalyzeError } from "../errors.js";
import { DEFAULT_LIMIT } from "./choices.js";

/**
 * How many of `what` are shown.
 * @throws AnalyzeError USAGE
 */
export function readLimit(text: string | undefined, what: string): number {
  if (text === undefined) return DEFAULT_LIMIT;
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new AnalyzeError("USAGE", `--limit takes a number of ${what}, such as 100, not "${text}".`);
}
