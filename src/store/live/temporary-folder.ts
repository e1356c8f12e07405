import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AnalyzeError, whyNotWritten } from "../../errors.js";

/** A new folder for what a live capture keeps only while it goes. Throws AnalyzeError DATABASE_WRITE. */
export function makeTemporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), "tcptrace-analyze-"));
  } catch (error) {
    throw asTemporaryFolderError(error);
  }
}

/** The sentence for an error of the system with a file there; any other error comes back as it is. */
export function asTemporaryFolderError(error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error && "code" in error)) return error;
  const reason = whyNotWritten(String(error.code));
  return new AnalyzeError(
    "DATABASE_WRITE",
    `cannot write the temporary folder ${tmpdir()}: ${reason}; TMPDIR can name another`,
    { cause: error },
  );
}
