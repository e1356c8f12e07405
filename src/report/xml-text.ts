import { printable, wellFormed } from "./printable.js";

/**
 * Text on one line without the characters that XML 1.0 does not have (section 2.2). Markup is the writer's to escape, but
 * for the end of a CDATA section, of which it escapes the first only: that comes with a blank in it.
 */
export function xmlText(text: string): string {
  return printable(wellFormed(text))
    .replace(/[\ufffe\uffff]/g, "?")
    .replaceAll("]]>", "]] >");
}
