import { printable } from "./printable.js";

/** What Markdown of GitHub and GitLab could take for emphasis, links, HTML, tables, code, mathematics or references. */
const MARKUP = /[\\`*_[\]<>|~$&@]/g;
/** What is markup only where a line begins: lists, headings, rules. */
const AT_LINE_START = /^(\s*\d*)([-+=#.)])/;
/** What becomes a link by itself. */
const ADDRESS = /(:)(?=\/\/)|(\.)(?<=www\.)/gi;

/** Any text as it is, on one line, for Markdown. CommonMark, section 2.4: each of these may stand behind a backslash. */
export function markdownText(text: string): string {
  return printable(text)
    .replace(MARKUP, (character) => `\\${character}`)
    .replace(ADDRESS, (character) => `\\${character}`)
    .replace(AT_LINE_START, "$1\\$2");
}

/** A rule's prose, on one line: what stands between backticks stays code, everything else is as it is. */
export function markdownProse(text: string): string {
  return printable(text)
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? markdownCode(part.slice(1, -1)) : markdownText(part)))
    .join("");
}

/** Any text as a code span. CommonMark, section 6.1: the fence is longer than any run of backticks within. */
export function markdownCode(text: string): string {
  const line = printable(text);
  const fence = "`".repeat(longestRun(line) + 1);
  const padding = line === "" || line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${padding}${line}${padding}${fence}`;
}

/** Lines of any text as a block of code; CommonMark, section 4.5: the same of its fence, of three backticks at least. */
export function markdownCodeBlock(lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const content = lines.map((line) => printable(line));
  const fence = "`".repeat(Math.max(3, longestRun(content.join("\n")) + 1));
  return [`${fence}text`, ...content, fence];
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** A code span for a cell of a table, where a bar would begin the next cell even within code. */
export function markdownCodeCell(text: string): string {
  return markdownCode(text).replaceAll("|", "\\|");
}
