import { printable } from "../report/printable.js";

/** A line for standard error: who speaks, then one sentence that no path or argument can break out of. */
export function formatDiagnostic(sentence: string): string {
  const text = printable(sentence.trim());
  return `tcptrace-analyze: ${text}${/[.!?]$/.test(text) ? "" : "."}\n`;
}
