import type Database from "better-sqlite3";
import type { RingLimits, RingTurn } from "./live-messages.js";

/** Segments looked at in one step, and steps of one turn: a turn must not hold up what comes in. */
const STEP_SEGMENTS = 20_000;
const MAX_STEPS = 50;
/** So many turns in which segments left come before rows of flows are looked through. */
const TURNS_PER_CLEANING = 10;
/** The share of the size at which the oldest begin to leave, so that a burst still fits below it. */
const FULL_SHARE = 0.8;

/**
 * Bounds a live database: the oldest segments leave first, those of flows without a finding before others, and what
 * proves a finding never; flows leave with their last segment. The pages they leave are used again, so the file stays as large
 * as it was at most.
 */
export class Ring {
  readonly #limits: RingLimits;
  readonly #pages: Database.Statement<[], { used: number }>;
  readonly #latestNs: Database.Statement<[], number | null>;
  readonly #stepEnd: Database.Statement<[number, number, number], { id: number; timeNs: number }>;
  readonly #dropSegments: Record<"healthy" | "flagged", Database.Statement<[number, number]>>;
  readonly #dropFlows: Database.Statement<[number], number>;
  readonly #dropStatistics: Database.Statement<[number]>;
  readonly #dropRows: readonly Database.Statement<[number]>[];
  readonly #pageBytes: number;
  /** Ids up to which healthy segments, and those of flagged flows, have left. */
  readonly #reached = { healthy: 0, flagged: 0 };
  /** Time of the latest segment that left. */
  #beforeNs = 0;
  /** Turns in which segments left since rows of flows were looked through. */
  #turns = 0;

  constructor(database: Database.Database, limits: RingLimits) {
    this.#limits = limits;
    this.#pageBytes = Number(database.pragma("page_size", { simple: true }));
    this.#pages = database.prepare(
      "SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count) AS used",
    );
    this.#latestNs = database
      .prepare<[], number | null>("SELECT time_ns FROM segments ORDER BY id DESC LIMIT 1")
      .pluck();
    this.#stepEnd = database.prepare(
      `SELECT id, timeNs FROM
         (SELECT id, time_ns AS timeNs FROM segments WHERE id > ? ORDER BY id LIMIT ?)
       WHERE timeNs < ? ORDER BY id DESC LIMIT 1`,
    );
    const healthy = "flow_id NOT IN (SELECT flow_id FROM finding_flow_links)";
    this.#dropSegments = {
      healthy: database.prepare(`DELETE FROM segments WHERE id > ? AND id <= ? AND ${healthy}`),
      flagged: database.prepare(
        `DELETE FROM segments WHERE id > ? AND id <= ?
           AND NOT EXISTS (SELECT 1 FROM evidence
             WHERE evidence.capture_id = segments.capture_id AND evidence.frame = segments.frame)`,
      ),
    };
    const gone = `start_ns + duration_ns <= ?
      AND id NOT IN (SELECT flow_id FROM finding_flow_links)
      AND NOT EXISTS (SELECT 1 FROM segments WHERE segments.flow_id = flows.id)`;
    this.#dropFlows = database
      .prepare<[number], number>(`DELETE FROM flows WHERE ${gone} RETURNING id`)
      .pluck();
    this.#dropStatistics = database.prepare("DELETE FROM flow_statistics WHERE flow_id = ?");
    this.#dropRows = [
      `DELETE FROM repeated_segments WHERE time_ns <= ? AND ${healthy}`,
      `DELETE FROM icmp_errors WHERE time_ns <= ? AND (flow_id IS NULL OR ${healthy})`,
      `DELETE FROM rpc_calls WHERE call_ns <= ? AND ${healthy}`,
      ...["kernel_counters", "listeners", "sockets", "route_events"].map(
        (table) => `DELETE FROM ${table} WHERE time_ns <= ?`,
      ),
    ].map((sql) => database.prepare<[number]>(sql));
  }

  /** Within a transaction: lets the oldest leave, as far as the limits ask and one turn goes. */
  turn(): RingTurn {
    const healthy = this.#dropOldest("healthy");
    // What a finding is about leaves only when there is nothing else.
    const flagged = healthy.isEmpty ? this.#dropOldest("flagged") : { segments: 0 };
    const droppedSegments = healthy.segments + flagged.segments;
    if (droppedSegments > 0) this.#turns++;
    let droppedFlows = 0;
    if (this.#turns >= TURNS_PER_CLEANING) {
      this.#turns = 0;
      const flowIds = this.#dropFlows.all(this.#beforeNs);
      for (const flowId of flowIds) this.#dropStatistics.run(flowId);
      droppedFlows = flowIds.length;
      for (const statement of this.#dropRows) statement.run(this.#beforeNs);
    }
    return { usedBytes: this.#usedBytes(), droppedSegments, droppedFlows };
  }

  /** How many left, and whether none are left to leave. */
  #dropOldest(kind: "healthy" | "flagged"): { segments: number; isEmpty: boolean } {
    let segments = 0;
    for (let step = 0; step < MAX_STEPS; step++) {
      const untilNs = this.#untilNs(kind);
      if (untilNs === null) break;
      const end = this.#stepEnd.get(this.#reached[kind], STEP_SEGMENTS, untilNs);
      if (end === undefined) return { segments, isEmpty: true };
      segments += this.#dropSegments[kind].run(this.#reached[kind], end.id).changes;
      this.#reached[kind] = end.id;
      this.#beforeNs = Math.max(this.#beforeNs, end.timeNs);
    }
    return { segments, isEmpty: false };
  }

  #usedBytes(): number {
    return (this.#pages.get()?.used ?? 0) * this.#pageBytes;
  }

  /** Segments before this time may leave; null when none have to. */
  #untilNs(kind: "healthy" | "flagged"): number | null {
    const { sizeBytes, ageNs } = this.#limits;
    if (sizeBytes !== null && this.#usedBytes() > sizeBytes * FULL_SHARE) return Number.MAX_SAFE_INTEGER;
    // Age alone takes nothing from flows with a finding.
    if (ageNs === null || kind === "flagged") return null;
    return (this.#latestNs.get() ?? 0) - ageNs;
  }
}
