import { listenerFlowsSql, listenerSizesSql } from "./sql-listener.js";

/** What tells one such rule from another, as pieces of SQL. */
export interface SideIncidents {
  /** A query of one column: the flows concerned. */
  readonly flowIds: string;
  /**
   * Tables of the `WITH` behind `listener_flows`, the last one `hits`: a row per flow and sender with `flow_id`,
   * `listener`, `server_port`, `vantage`, `sender`, and `place`, which is 1 for the worst of a listener and sender.
   */
  readonly hits: string;
  /** Aggregates of `hits`, columns of `incidents`. */
  readonly totals: string;
  /** What an incident must come to, over `hits`. */
  readonly having?: string;
  /** Expressions over `incidents` (one row), `worst` (its row of `hits`) and what `joins` adds. */
  readonly messageId: string;
  readonly confidence?: string;
  readonly startNs?: string;
  readonly endNs?: string;
  /** Columns of data. */
  readonly data: string;
  /** Columns of evidence; see SqlRule. */
  readonly evidence: string;
  readonly joins?: string;
}

/** Which rows of `repeated_segments` a question is about. */
export const IS_REPEAT_IN_RANGE =
  "id BETWEEN :firstRepeat AND :lastRepeat AND flow_id BETWEEN :firstFlow AND :lastFlow";

/** For SQL rules that begin with data in `repeated_segments`: when there is any. */
export const WHEN_DATA_IS_REPEATED = `SELECT 1 FROM repeated_segments WHERE ${IS_REPEAT_IN_RANGE} AND length > 0 LIMIT 1`;

/**
 * For SQL rules, to be put behind the first tables of their `WITH`: what one side did on the flows of a listener is one
 * incident, told by its worst flow, with a row for each flow that it hit.
 */
export function sideIncidentsSql({
  flowIds,
  hits,
  totals,
  having = "TRUE",
  messageId,
  confidence = "'strong'",
  startNs = "incidents.start_ns",
  endNs = "incidents.end_ns",
  data,
  evidence,
  joins = "",
}: SideIncidents): string {
  return `
    ${listenerFlowsSql(flowIds)},
    ${hits},
    incidents AS (
      SELECT listener, sender, count(*) AS hit_flows, ${totals},
        iif(min(vantage) = max(vantage), min(vantage), 'unknown') AS vantage
      FROM hits GROUP BY listener, sender
      HAVING ${having}
    ),
    ${listenerSizesSql("SELECT listener FROM incidents")}
    SELECT
      incidents.listener || ' (' || incidents.sender || ')' AS subject,
      ${messageId} AS message_id,
      hits.flow_id AS flow_id,
      ${confidence} AS confidence,
      incidents.vantage AS vantage,
      ${startNs} AS start_ns,
      ${endNs} AS end_ns,
      incidents.listener AS listener,
      worst.server_port AS port,
      incidents.sender AS side,
      incidents.hit_flows AS hitFlows,
      listener_sizes.flows AS listenerFlows,
      listener_sizes.noun AS connections,
      ${data},
      ${evidence}
    FROM incidents
    JOIN listener_sizes ON listener_sizes.listener = incidents.listener
    JOIN hits AS worst ON worst.listener = incidents.listener AND worst.sender = incidents.sender AND worst.place = 1
    ${joins}
    JOIN hits ON hits.listener = incidents.listener AND hits.sender = incidents.sender
    ORDER BY subject, hits.flow_id`;
}

/**
 * For incidents whose evidence is the `first` and the `last` segment of the worst flow: `hits` and `totals` have their ids
 * in `repeated_segments` as `first_id` and `last_id`.
 */
export const FIRST_AND_LAST_SEGMENT = {
  startNs: "begin.time_ns",
  endNs: "finish.time_ns",
  evidence: `
      first.frame AS first_frame,
      first.time_ns AS first_ns,
      first.flow_id AS first_flow_id,
      last.frame AS last_frame,
      last.time_ns AS last_ns,
      last.flow_id AS last_flow_id`,
  joins: `
    JOIN repeated_segments AS first ON first.id = worst.first_id
    JOIN repeated_segments AS last ON last.id = worst.last_id
    JOIN repeated_segments AS begin ON begin.id = incidents.first_id
    JOIN repeated_segments AS finish ON finish.id = incidents.last_id`,
} as const;

/**
 * For incidents whose evidence is a segment and its retransmission after `sinceNs`, a column of `worst`, which has the
 * retransmission's `frame` and `time_ns` and the segment's `original_frame`. `role` is the segment's.
 */
export function retransmissionEvidenceSql(role: string, sinceNs: string): string {
  return `
      worst.original_frame AS ${role}_frame,
      worst.time_ns - worst.${sinceNs} AS ${role}_ns,
      worst.flow_id AS ${role}_flow_id,
      worst.frame AS retransmission_frame,
      worst.time_ns AS retransmission_ns,
      worst.flow_id AS retransmission_flow_id`;
}
