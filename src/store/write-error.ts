import Database from "better-sqlite3";
import { AnalyzeError } from "../errors.js";

/** What the system's and SQLite's codes mean to a person. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  SQLITE_FULL: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than the file system allows",
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "the folder does not exist",
  ENOTDIR: "part of the path is not a folder",
  EISDIR: "it is a folder",
  ENAMETOOLONG: "the name is too long",
  SQLITE_CANTOPEN: "the file cannot be created",
  SQLITE_READONLY: "the file is read-only",
};

/** The sentence for `error` when the system or the disk refused to write; any other error is our bug and comes back as it is. */
export function asWriteError(path: string, error: unknown): unknown {
  const code = failureCode(error);
  if (code === undefined) return error;
  const reason = REASONS[code] ?? `the system reports ${code}`;
  return new AnalyzeError("DATABASE_WRITE", `cannot write the database ${path}: ${reason}`, { cause: error });
}

function failureCode(error: unknown): string | undefined {
  if (error instanceof Database.SqliteError) {
    // Extended codes begin with the plain one: SQLITE_IOERR_WRITE, SQLITE_READONLY_DIRECTORY.
    return error.code.match(/^SQLITE_(?:FULL|IOERR|CANTOPEN|READONLY)/)?.[0];
  }
  if (error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string")
    return error.code;
  return undefined;
}
