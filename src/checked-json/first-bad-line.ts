/**
 * Line of the first character that no JSON text could have there, 1-based. Node 20 does not always tell the place,
 * so it is the first line whose end is already more wrong than incomplete; the last one when the text just ends.
 */
export function firstBadLine(text: string): number {
  const lines = text.trimEnd().split("\n");
  let low = 1;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBeginningOfJson(`${lines.slice(0, middle).join("\n")}\n`)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** True for JSON, and for what something behind it could make JSON. */
function isBeginningOfJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const at = /position (\d+)/.exec(message)?.[1];
    return /end of JSON input|Unterminated/.test(message) || Number(at) >= text.length;
  }
}
