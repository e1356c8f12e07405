/**
 * Text broken at blanks into lines of at most `width` columns. What stands between two backticks is a command: it is
 * kept whole when it fits on a line. A word longer than a line stands on its own and overhangs, so that it can be
 * copied.
 * @param first what the first line begins with
 * @param rest what every other line begins with
 */
export function wrap(text: string, width: number, first = "", rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of wordsOf(text, width - rest.length)) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  lines.push(isEmpty ? line.trimEnd() : line);
  return lines;
}

/** Words at blanks, commands with what sticks to them as one word. */
function wordsOf(text: string, room: number): string[] {
  const words: string[] = [];
  for (const [chunk] of text.matchAll(/(?:`[^`]*`|[^\s`]|`)+/g)) {
    if (chunk.length <= room) words.push(chunk);
    else words.push(...chunk.split(/\s+/));
  }
  return words;
}
