import { SEVERITIES } from "../engine/finding.js";
import { AnalyzeError } from "../errors.js";
import type {
  FlowTimeline,
  TimelineEnd,
  TimelineFinding,
  TimelineFlow,
  TimelineIcmpError,
  TimelineRow,
} from "../report/timeline.js";
import { DESCRIBED_FLOW_SQL } from "../store/described-flow.js";
import type { OpenDatabase } from "../store/open-database.js";
import { RowReader } from "./row-reader.js";

const ICMP_ERRORS = `
  SELECT source, frame, time_ns, name, reporter_addr, mtu, quoted_from
  FROM icmp_errors JOIN captures ON captures.id = capture_id
  WHERE flow_id = :flowId ORDER BY icmp_errors.id`;

const FINDINGS = `
  SELECT findings.id AS id, findings.rule_id AS rule_id, findings.severity AS severity, message
  FROM finding_flow_links JOIN findings ON findings.id = finding_id
  WHERE finding_flow_links.flow_id = :flowId ORDER BY findings.id`;

const ROWS = `
  SELECT source, timeline.frame, segments.time_ns, direction, packet, segments.seq, segments.length, segments.ack,
    segments.window = 0 AND segments.flags & 4 = 0 AS is_zero_window, labels, timeline.cause, findings, timeline.is_copy
  FROM timeline
  JOIN segments ON segments.id = segment_id
  JOIN captures ON captures.id = timeline.capture_id
  WHERE timeline.flow_id = `;

/**
 * All that the database knows of one flow; packets are read as they are asked for. Throws AnalyzeError FLOW_UNKNOWN.
 * @param flowId a safe integer
 */
export function readTimeline(database: OpenDatabase, flowId: number): FlowTimeline {
  const select = (sql: string): RowReader[] =>
    database.selectAll(sql, { flowId }).map((row) => new RowReader(row, database.path));
  const [row] = select(DESCRIBED_FLOW_SQL);
  if (row === undefined) throw unknownFlow(database, flowId);
  const startNs = row.integer("start_ns");
  return {
    flow: readFlow(row, startNs),
    rows: packetRows(database, flowId, startNs),
    icmpErrors: select(ICMP_ERRORS).map((error) => readIcmpError(error, startNs)),
    findings: select(FINDINGS).map(readFinding),
  };
}

function unknownFlow(database: OpenDatabase, flowId: number): AnalyzeError {
  const flows = Number(database.selectAll("SELECT count(*) AS flows FROM flows")[0]?.["flows"] ?? 0);
  const known = flows === 0 ? "it has none" : `it has flows 1 to ${flows}`;
  return new AnalyzeError("FLOW_UNKNOWN", `There is no flow ${flowId} in ${database.path}; ${known}.`);
}

function readFlow(row: RowReader, startNs: number): TimelineFlow {
  const synNs = row.integerOrNull("syn_ns");
  const synAckNs = row.integerOrNull("syn_ack_ns");
  const handshakeAckNs = row.integerOrNull("handshake_ack_ns");
  const closedNs = row.integerOrNull("closed_ns");
  return {
    id: row.integer("id"),
    client: row.text("client"),
    server: row.text("server"),
    clientKnownBy: row.oneOf("client_known_by", ["syn", "syn-ack", "ports", "direction"]),
    encapsulation: row.textOrNull("encapsulation"),
    source: row.text("source"),
    startedAtNs: BigInt(row.text("origin")) + BigInt(startNs),
    durationNs: row.integer("duration_ns"),
    state: row.text("state"),
    history: row.text("history"),
    synAckAfterNs: difference(synAckNs, synNs),
    handshakeAckAfterNs: difference(handshakeAckNs, synAckNs),
    closedBy: closedNs === null ? null : row.oneOf("closed_by", ["client", "server"]),
    closeKind: closedNs === null ? null : row.oneOf("close_kind", ["fin", "rst"]),
    closedAfterNs: difference(closedNs, startNs),
    ends: { client: readEnd(row, "client"), server: readEnd(row, "server") },
  };
}

function difference(laterNs: number | null, earlierNs: number | null): number | null {
  return laterNs === null || earlierNs === null ? null : laterNs - earlierNs;
}

function readEnd(row: RowReader, end: "client" | "server"): TimelineEnd {
  return {
    segments: row.integer(`${end}_segments`),
    bytes: row.integer(`${end}_bytes`),
    retransmits: row.integer(`${end}_retransmits`),
    copies: row.integer(`${end}_copies`),
    mss: row.integerOrNull(`${end}_mss`),
    windowScale: row.integerOrNull(`${end}_window_scale`),
  };
}

function readIcmpError(row: RowReader, startNs: number): TimelineIcmpError {
  return {
    source: row.text("source"),
    frame: row.integer("frame"),
    timeNs: row.integer("time_ns") - startNs,
    name: row.text("name"),
    reporter: row.text("reporter_addr"),
    mtu: row.integerOrNull("mtu"),
    quotedFrom: row.text("quoted_from"),
  };
}

function readFinding(row: RowReader): TimelineFinding {
  return {
    id: row.integer("id"),
    ruleId: row.text("rule_id"),
    severity: row.oneOf("severity", SEVERITIES),
    message: row.text("message"),
  };
}

function* packetRows(database: OpenDatabase, flowId: number, startNs: number): IterableIterator<TimelineRow> {
  const { columns, rows } = database.query(`${ROWS}${flowId} ORDER BY segment_id`);
  for (const values of rows) {
    const row = new RowReader(
      Object.fromEntries(columns.map((column, at) => [column, values[at] ?? null])),
      database.path,
    );
    yield {
      source: row.text("source"),
      frame: row.integer("frame"),
      timeNs: row.integer("time_ns") - startNs,
      direction: row.oneOf("direction", ["->", "<-"]),
      packet: row.text("packet"),
      seq: row.integer("seq"),
      length: row.integer("length"),
      ack: row.integerOrNull("ack"),
      isZeroWindow: row.integer("is_zero_window") === 1,
      isCopy: row.integer("is_copy") === 1,
      labels: row.textOrNull("labels"),
      cause: row.textOrNull("cause"),
      findings: row.textOrNull("findings"),
    };
  }
}
