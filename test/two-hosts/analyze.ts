import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { start } from "./programs.js";
import type { Undo } from "./undo.js";

export const BUILT_PROGRAM = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** Of the program's exit codes the one that says that it could not run. */
const COULD_NOT_RUN = 2;

/** Analyzes a capture with the built program; the rows of a query of its database. */
export async function analyze<Row>(
  undo: Undo,
  capture: string,
  database: string,
  query: string,
): Promise<Row[]> {
  const program = start(
    ...[undo, process.execPath, BUILT_PROGRAM, capture, "--db", database],
    ...["--timeline", "all", "--format", "json", "--quiet"],
  );
  const code = await program.ended;
  if (code === null || code === COULD_NOT_RUN || !existsSync(database))
    throw new Error(`the analysis of ${capture} failed: ${program.errors()}`);
  const opened = new Database(database, { readonly: true });
  try {
    return opened.prepare<[], Row>(query).all();
  } finally {
    opened.close();
  }
}
