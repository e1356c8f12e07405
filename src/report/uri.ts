import { isAbsolute, normalize, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { wellFormed } from "./printable.js";

/**
 * A path as a URI reference, RFC 3986: relative paths stay so, everything that is not plain is escaped. What is no valid
 * UTF-16 comes as the replacement character.
 */
export function fileUri(path: string): string {
  const text = normalize(wellFormed(path));
  if (isAbsolute(text)) return pathToFileURL(text).href;
  return text.split(sep).map(encodeURIComponent).join("/");
}
