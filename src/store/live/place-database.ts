import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { AnalyzeError } from "../../errors.js";
import { assertReplaceable } from "../assert-replaceable.js";
import { createDatabase, PAGE_BYTES } from "../create-database.js";
import { identify } from "../database-header.js";
import { ScratchFiles } from "../scratch-files.js";
import { asWriteError } from "../write-error.js";

/**
 * Puts an empty database at `target`, whole from the first moment on, and returns its path. One of ours that is there is
 * replaced, unless somebody has it open; anything else is left untouched: AnalyzeError DATABASE_FOREIGN,
 * DATABASE_VERSION or DATABASE_WRITE.
 */
export function placeDatabase(target: string): string {
  assertReplaceable(target);
  const scratch = new ScratchFiles(target);
  try {
    refuseOpenDatabase(target);
    createDatabase(scratch.database, PAGE_BYTES);
    return scratch.publish(scratch.database);
  } catch (error) {
    scratch.remove();
    throw asWriteError(target, error);
  }
}

/**
 * A write-ahead log beside a database belongs to somebody who has it open, or who was killed. The latter's goes away when
 * the database is opened and closed once; the former would remove ours with his own.
 */
function refuseOpenDatabase(target: string): void {
  const log = `${target}-wal`;
  if (target === ":memory:" || !existsSync(log) || identify(target).is !== "ours") return;
  const database = new Database(target);
  let usesLog: boolean;
  try {
    usesLog = database.pragma("journal_mode", { simple: true }) === "wal";
  } finally {
    database.close();
  }
  if (!usesLog || !existsSync(log)) return;
  throw new AnalyzeError(
    "DATABASE_WRITE",
    `cannot write the database ${target}: another program has it open`,
  );
}
