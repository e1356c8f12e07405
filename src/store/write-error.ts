import Database from "better-sqlite3";
import { AnalyzeError, whyNotWritten } from "../errors.js";

/** What SQLite's codes mean to a person. */
const REASONS: Readonly<Record<string, string>> = {
  SQLITE_FULL: "the disk is full",
  SQLITE_CANTOPEN: "the file cannot be created",
  SQLITE_READONLY: "the file is read-only",
  SQLITE_BUSY: "another program has it locked",
};

/**
 * The sentence for `error` when the system, the disk or another program refused to let us write; any other error is our
 * bug and comes back as it is.
 */
export function asWriteError(path: string, error: unknown): unknown {
  const code = failureCode(error);
  if (code === undefined) return error;
  const reason = REASONS[code] ?? whyNotWritten(code);
  return new AnalyzeError("DATABASE_WRITE", `cannot write the database ${path}: ${reason}`, { cause: error });
}

function failureCode(error: unknown): string | undefined {
  if (error instanceof Database.SqliteError) {
    // Extended codes begin with the plain one: SQLITE_IOERR_WRITE, SQLITE_READONLY_DIRECTORY.
    return error.code.match(/^SQLITE_(?:FULL|IOERR|CANTOPEN|READONLY|BUSY)/)?.[0];
  }
  if (error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string")
    return error.code;
  return undefined;
}
