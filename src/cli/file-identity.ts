import { realpathSync } from "node:fs";
import { resolve } from "node:path";

/** The same for every path to one file, whether or not it is there. */
export function identityOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
