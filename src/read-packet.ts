import type { DatabaseTables } from "./store/database-tables.js";

/** A segment as reports show it. */
export interface ShownPacket {
  /** Of `segments`. */
  readonly id: number;
  /** Direction and packet in the notation of the tests. */
  readonly packet: string;
  readonly cause: string | null;
}

/** The segment of a flow in one frame; undefined where timelines were not kept. */
export function readPacket(
  tables: DatabaseTables,
  flowId: number,
  captureId: number,
  frame: number,
): ShownPacket | undefined {
  const [row] = tables.selectAll(
    `SELECT segment_id AS id, direction || ' ' || packet AS packet, cause
     FROM timeline WHERE flow_id = :flowId AND capture_id = :captureId AND frame = :frame LIMIT 1`,
    { flowId, captureId, frame },
  );
  if (row === undefined) return undefined;
  const { id, packet, cause } = row;
  return { id: Number(id), packet: String(packet), cause: typeof cause === "string" ? cause : null };
}
