/**
 * What a terminal could act on instead of showing it: C0 and C1 controls with ESC and DEL, line and paragraph
 * separators, and the characters that turn the direction of text (Unicode Standard Annex 9, section 2).
 * Paths and captures are hostile: nothing of theirs reaches a terminal without passing one of these functions.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The text on one line, each character that cannot be shown replaced by `?`, line breaks and tabs by a blank. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => (/[\t\n\r]/.test(character) ? " " : "?"));
}

/** The text with halves of surrogate pairs replaced by U+FFFD: UTF-8 has no form for them. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/**
 * The value as JSON that is safe to show: the characters of `printable` are escaped, so nothing is lost.
 */
export function printableJson(value: unknown, indent?: number): string {
  return escapeJson(JSON.stringify(value, null, indent));
}

/** JSON text with the characters that a terminal could act on escaped. Those in JSON stand in strings only. */
export function escapeJson(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character === "\n" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
