import type { ShownPacket } from "./read-packet.js";
import type { LadderPacket, LadderStep } from "./report/report.js";
import type { DatabaseTables } from "./store/database-tables.js";
import type { EvidenceRow } from "./store/table-rows.js";

/** Packets of the flow that are shown before and behind each one that proves something. */
const BEFORE = 2;
const BEHIND = 1;
/** Packets of a gap are counted up to here. */
const MOST_COUNTED = 100_000;

/** What a ladder needs of its finding. */
export interface LadderSubject {
  /** The flow that is drawn, and when it began, nanoseconds since the origin. */
  readonly flowId: number;
  readonly startNs: number;
  readonly evidence: readonly EvidenceRow[];
  /** Of each evidence its packet, where packets were kept. */
  readonly packets: readonly (ShownPacket | undefined)[];
  readonly describe: (role: string) => string;
  readonly sourceOf: (captureId: number) => string;
}

/**
 * The packets that prove a finding, in the order of time, each with its neighbours in the flow; what lies between is
 * counted. Where packets were not kept the proofs stand alone.
 */
export function buildLadder(tables: DatabaseTables, subject: LadderSubject): LadderStep[] {
  const { flowId, startNs, evidence, packets, describe, sourceOf } = subject;
  const proofs = new Map<number, LadderPacket>();
  const elsewhere: { id: number; packet: LadderPacket }[] = [];
  for (const [index, { role, captureId, frame, flowId: itsFlow, timeNs }] of evidence.entries()) {
    const shown = packets[index];
    const packet: LadderPacket = {
      kind: "packet",
      role,
      description: describe(role),
      source: sourceOf(captureId),
      frame,
      flowId: itsFlow ?? flowId,
      timeNs: timeNs - startNs,
      packet: shown?.packet ?? null,
      cause: shown?.cause ?? null,
    };
    const id = shown?.id ?? 0;
    const known = proofs.get(id);
    if (shown !== undefined && itsFlow === flowId && known === undefined) proofs.set(id, packet);
    else elsewhere.push({ id, packet });
  }
  const own = withNeighbours(tables, subject, proofs);
  const steps: LadderStep[] = elsewhere.map(({ packet }) => packet);
  let previous: number | undefined;
  for (const [id, packet] of own) {
    if (previous !== undefined) {
      const packets = countBetween(tables, flowId, previous, id);
      if (packets > 0) steps.push({ kind: "gap", timeNs: packet.timeNs, packets });
    }
    steps.push(packet);
    previous = id;
  }
  // Stable: what has one time stays in the order of capture, and a gap before the packet behind it.
  return steps.sort((a, b) => a.timeNs - b.timeNs);
}

/** The proofs and what lies around them in the flow, by the segment's id, ascending. */
function withNeighbours(
  tables: DatabaseTables,
  { flowId, startNs, sourceOf }: LadderSubject,
  proofs: ReadonlyMap<number, LadderPacket>,
): [number, LadderPacket][] {
  const shown = new Map(proofs);
  for (const id of proofs.keys()) {
    const rows = tables.selectAll(
      `SELECT timeline.segment_id AS id, timeline.capture_id AS captureId, timeline.frame AS frame, segments.time_ns AS timeNs,
         timeline.direction || ' ' || timeline.packet AS packet, timeline.cause AS cause
       FROM timeline JOIN segments ON segments.id = timeline.segment_id
       WHERE timeline.segment_id IN (
         SELECT id FROM (SELECT id FROM segments WHERE flow_id = :flowId AND id < :id ORDER BY id DESC LIMIT :before)
         UNION ALL SELECT id FROM (SELECT id FROM segments WHERE flow_id = :flowId AND id > :id ORDER BY id LIMIT :behind))`,
      { flowId, id, before: BEFORE, behind: BEHIND },
    );
    for (const row of rows) {
      const neighbour = Number(row["id"]);
      if (shown.has(neighbour)) continue;
      shown.set(neighbour, {
        kind: "packet",
        role: null,
        description: "",
        source: sourceOf(Number(row["captureId"])),
        frame: Number(row["frame"]),
        flowId,
        timeNs: Number(row["timeNs"]) - startNs,
        packet: String(row["packet"]),
        cause: typeof row["cause"] === "string" ? row["cause"] : null,
      });
    }
  }
  return [...shown].sort(([a], [b]) => a - b);
}

function countBetween(tables: DatabaseTables, flowId: number, after: number, before: number): number {
  const [row] = tables.selectAll(
    `SELECT count(*) AS packets FROM (
       SELECT 1 FROM segments WHERE flow_id = :flowId AND id > :after AND id < :before LIMIT :most)`,
    { flowId, after, before, most: MOST_COUNTED },
  );
  return Number(row?.["packets"] ?? 0);
}
