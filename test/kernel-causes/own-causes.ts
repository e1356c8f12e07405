import { analyze } from "../two-hosts/analyze.js";
import type { Undo } from "../two-hosts/undo.js";

/** What the tool says of a segment that came again. */
export interface OwnCause {
  readonly cause: string;
  readonly confidence: "certain" | "strong" | "weak" | null;
}

/** What later segments told stands in `repeated_segments`; copies of the capture stand in `segments` only. */
const CAUSES = `
  SELECT frame, cause, cause_confidence AS confidence FROM segments WHERE cause IS NOT NULL
  UNION ALL
  SELECT frame, cause, cause_confidence FROM repeated_segments`;

/** Analyzes a capture with the built program; the causes by frame. */
export async function ownCauses(
  undo: Undo,
  capture: string,
  database: string,
): Promise<Map<number, OwnCause>> {
  const rows = await analyze<OwnCause & { frame: number }>(undo, capture, database, CAUSES);
  return new Map(rows.map(({ frame, cause, confidence }) => [frame, { cause, confidence }]));
}
