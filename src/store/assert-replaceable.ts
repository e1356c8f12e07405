import { accessSync, constants } from "node:fs";
import { dirname, resolve } from "node:path";
import { AnalyzeError } from "../errors.js";
import { SCHEMA_VERSION } from "./create-database.js";
import { identify } from "./database-header.js";
import { asWriteError } from "./write-error.js";

/**
 * Refuses a target that must not or cannot be written, before any work is done: a file that is not ours, a database of
 * a newer version, a folder that is missing or read-only. `:memory:` is always fine.
 */
export function assertReplaceable(path: string): void {
  if (path === ":memory:") return;
  const target = resolve(path);
  try {
    const identity = identify(target);
    if (identity.is === "foreign") {
      throw new AnalyzeError(
        "DATABASE_FOREIGN",
        `${path} is not a tcptrace-analyze database; it was left untouched`,
      );
    }
    if (identity.is === "ours" && identity.version > SCHEMA_VERSION) {
      throw new AnalyzeError(
        "DATABASE_VERSION",
        `${path} was written by a newer tcptrace-analyze (schema ${identity.version}, this one writes ${SCHEMA_VERSION}); it was left untouched`,
      );
    }
    accessSync(dirname(target), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw asWriteError(path, error);
  }
}
