import { SEVERITIES } from "../engine/finding.js";
import { HEADER_CUT, whyUnjudgeable } from "../engine/judgeable.js";
import { FIRST_EPHEMERAL_PORT, type RatedFinding } from "../gate/rated-finding.js";
import type { RunSummary, ServerMeasure } from "../run-comparison/run-summary.js";
import type { OpenDatabase } from "../store/open-database.js";
import { RowReader } from "./row-reader.js";

/** A retransmission that came later than this after the transmission before made its reader wait. */
const STALL_NS = 1_000_000_000;

const FINDINGS = `
  SELECT rule_id, subject, severity, server_flows,
    (SELECT count(*) FROM finding_flow_links WHERE finding_id = findings.id) AS flows
  FROM findings ORDER BY id`;

const QUALITIES = `
  SELECT source, frames, dropped_frames, damage,
    ifnull((SELECT frames FROM decode_counts WHERE capture_id = captures.id AND name = '${HEADER_CUT}'), 0) AS headerless
  FROM captures ORDER BY id`;

/** The client sent nothing but SYNs, and RSTs, though a SYN or the SYN-ACK was repeated. Zeek's state is S1, or RSTO. */
const IS_ANSWERED_IN_VAIN = `(client_segments > 0 AND max(client_syns, 1) + server_syns > 2
  AND (client_segments = client_syns OR (client_rst_frame > 0 AND history NOT GLOB '*[ADF]*')))`;

/** Zeek's states: those of which one direction is missing (SH, SHR, RSTRH, OTH) tell neither success nor failure. */
const SERVERS = `
  WITH named AS (
    SELECT flows.*,
      iif(instr(server_addr, ':') > 0, '[' || server_addr || ']', server_addr) || ':' ||
        iif(server_port >= :firstEphemeralPort, 'ephemeral', server_port) AS server,
      EXISTS (SELECT 1 FROM flow_statistics WHERE flow_id = flows.id
        AND (retransmit_max_ns >= :stallNs OR zero_window_probes > 0)) AS is_stalled
    FROM flows
  ), times AS (
    SELECT server, initial_rtt_ns, row_number() OVER (PARTITION BY server ORDER BY initial_rtt_ns) AS position,
      count(*) OVER (PARTITION BY server) AS total
    FROM named WHERE initial_rtt_ns IS NOT NULL
  ), medians AS (
    SELECT server, total AS handshakes, CAST(avg(initial_rtt_ns) AS INTEGER) AS handshake_rtt_ns
    FROM times WHERE position IN ((total + 1) / 2, (total + 2) / 2) GROUP BY server
  )
  SELECT named.server AS server, count(*) AS flows,
    sum(state IN ('S1', 'S2', 'S3', 'SF', 'RSTO', 'RSTR') AND NOT ${IS_ANSWERED_IN_VAIN}) AS established,
    sum(state IN ('S0', 'REJ', 'RSTOS0') OR ${IS_ANSWERED_IN_VAIN}) AS failed,
    max(handshake_rtt_ns) AS handshake_rtt_ns, ifnull(max(handshakes), 0) AS handshakes,
    sum(client_segments + server_segments) AS segments,
    sum(client_retransmits + server_retransmits) AS retransmits,
    sum(is_stalled) AS stalled
  FROM named LEFT JOIN medians ON medians.server = named.server
  GROUP BY named.server ORDER BY flows DESC`;

/** What can be compared of a run. */
export function readRunSummary(database: OpenDatabase): RunSummary {
  const rowsOf = (sql: string, parameters: Record<string, number> = {}): RowReader[] =>
    database.selectAll(sql, parameters).map((row) => new RowReader(row, database.path));
  const captures = rowsOf("SELECT source, damage, vantage FROM captures ORDER BY id");
  const servers = rowsOf(SERVERS, { firstEphemeralPort: FIRST_EPHEMERAL_PORT, stallNs: STALL_NS });
  return {
    path: database.path,
    captures: captures.length,
    flows: rowsOf("SELECT count(*) AS flows FROM flows")[0]!.integer("flows"),
    damages: captures.flatMap((row) => {
      const damage = row.textOrNull("damage");
      return damage === null ? [] : [`${row.text("source")}: ${damage}`];
    }),
    vantages: [...new Set(captures.map((row) => row.text("vantage")))].sort(),
    unjudgeable: readUnjudgeable(database),
    findings: readRatedFindings(database),
    servers: servers.map(readServer),
  };
}

/** Why silence of the rules says nothing of the captures, a sentence without its full stop; null when it does. */
export function readUnjudgeable(database: OpenDatabase): string | null {
  const captures = database.selectAll(QUALITIES).map((values) => {
    const row = new RowReader(values, database.path);
    return {
      source: row.text("source"),
      frames: row.integer("frames"),
      droppedFrames: row.integerOrNull("dropped_frames"),
      damage: row.textOrNull("damage"),
      headerlessFrames: row.integer("headerless"),
    };
  });
  return whyUnjudgeable(captures);
}

/** The findings as the gate compares them. */
export function readRatedFindings(database: OpenDatabase): RatedFinding[] {
  return database.selectAll(FINDINGS).map((values) => {
    const row = new RowReader(values, database.path);
    return {
      ruleId: row.text("rule_id"),
      subject: row.text("subject"),
      severity: row.oneOf("severity", SEVERITIES),
      flows: row.integer("flows"),
      serverFlows: row.integer("server_flows"),
    };
  });
}

function readServer(row: RowReader): ServerMeasure {
  return {
    server: row.text("server"),
    flows: row.integer("flows"),
    established: row.integer("established"),
    failed: row.integer("failed"),
    handshakeRttNs: row.integerOrNull("handshake_rtt_ns"),
    handshakes: row.integer("handshakes"),
    segments: row.integer("segments"),
    retransmits: row.integer("retransmits"),
    stalled: row.integer("stalled"),
  };
}
