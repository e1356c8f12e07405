import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { start } from "./programs.js";
import type { Undo } from "./undo.js";

/** What the tool says of a segment that came again. */
export interface OwnCause {
  readonly cause: string;
  readonly confidence: "certain" | "strong" | "weak" | null;
}

export const BUILT_PROGRAM = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** Of the program's exit codes the one that says that it could not run. */
const COULD_NOT_RUN = 2;

/** Analyzes a capture with the built program; the causes by frame. */
export async function ownCauses(
  undo: Undo,
  capture: string,
  database: string,
): Promise<Map<number, OwnCause>> {
  const program = start(
    ...[undo, process.execPath, BUILT_PROGRAM, capture, "--db", database],
    ...["--timeline", "all", "--format", "json", "--quiet"],
  );
  const code = await program.ended;
  if (code === null || code === COULD_NOT_RUN || !existsSync(database))
    throw new Error(`the analysis of ${capture} failed: ${program.errors()}`);
  return readCauses(database);
}

/** What later segments told stands in `repeated_segments`; copies of the capture stand in `segments` only. */
function readCauses(file: string): Map<number, OwnCause> {
  const database = new Database(file, { readonly: true });
  try {
    const rows = database
      .prepare<[], OwnCause & { frame: number }>(`
        SELECT frame, cause, cause_confidence AS confidence FROM segments WHERE cause IS NOT NULL
        UNION ALL
        SELECT frame, cause, cause_confidence FROM repeated_segments`)
      .all();
    return new Map(rows.map(({ frame, cause, confidence }) => [frame, { cause, confidence }]));
  } finally {
    database.close();
  }
}
