import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { AnalyzeError, whyNotWritten } from "./errors.js";

/** Makes a folder, and those it is to lie in, where they are not there. Throws AnalyzeError EXPORT_WRITE. */
export function makeFolder(folder: string): void {
  try {
    makeWithParents(folder);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    const reason = error.code === "EEXIST" ? "it is not a folder" : whyNotWritten(String(error.code));
    throw new AnalyzeError("EXPORT_WRITE", `cannot make the folder ${folder}: ${reason}`, { cause: error });
  }
}

/** mkdirSync's own `recursive` never ends where the system says ENOENT although the parent is there, as /proc does. */
function makeWithParents(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(folder);
  if (parent !== folder) makeWithParents(parent);
  mkdirSync(folder);
}
