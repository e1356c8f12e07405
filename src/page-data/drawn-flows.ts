import { type DrawnEnd, type DrawnFlow, MAX_DRAWN_FLOWS } from "../report/html/page-data.js";
import { DESCRIBED_FLOW_SQL } from "../store/described-flow.js";
import type { SqlRow } from "../store/sql-value.js";
import { readPackets } from "./packet-columns.js";
import { integer, integerOrNull, type TableReader, text, textOrNull } from "./table-reader.js";

/** Packets of all drawn flows together, shared evenly, and of one; 60 show a handshake, a stall and its end. */
const MAX_PACKETS = 60_000;
const MAX_PACKETS_OF_FLOW = 10_000;

/**
 * Flows with findings in the order of the findings, a few of each at a time, so that no large incident hides the others;
 * then those in which something was sent again, reset or refused, the worst first; then the others.
 */
const CHOSEN = `
  WITH flagged AS (
    SELECT flow_id, min(place) AS place, min(finding_id) AS finding_id FROM (
      SELECT finding_id, flow_id, (row_number() OVER (PARTITION BY finding_id ORDER BY flow_id) - 1) / 10 AS place
      FROM finding_flow_links) GROUP BY flow_id)
  SELECT flows.id AS id FROM flows LEFT JOIN flagged ON flagged.flow_id = flows.id
  ORDER BY
    flows.id NOT IN (SELECT flow_id FROM evidence WHERE flow_id IS NOT NULL),
    flagged.flow_id IS NULL, flagged.place, flagged.finding_id,
    client_retransmits + server_retransmits DESC, close_kind IS 'rst' DESC, state IN ('S0', 'REJ') DESC,
    client_segments + server_segments DESC, flows.id
  LIMIT ${MAX_DRAWN_FLOWS}`;

const EVIDENCE = `
  SELECT finding_id, role, source, frame FROM evidence JOIN captures ON captures.id = capture_id
  WHERE flow_id = :flowId ORDER BY finding_id, time_ns LIMIT 1000`;

const ICMP_ERRORS = `
  SELECT time_ns, name, reporter_addr, quoted_from FROM icmp_errors WHERE flow_id = :flowId ORDER BY id LIMIT 1000`;

/** Flows and their packets, the most telling first, read one at a time. */
export function* readDrawnFlows(reader: TableReader): IterableIterator<DrawnFlow> {
  const chosen = reader.selectAll(CHOSEN).map((row) => integer(row, "id"));
  const room = Math.min(MAX_PACKETS_OF_FLOW, Math.floor(MAX_PACKETS / Math.max(1, chosen.length)));
  for (const flowId of chosen) {
    const [row] = reader.selectAll(DESCRIBED_FLOW_SQL, { flowId });
    if (row !== undefined) yield readFlow(reader, row, room);
  }
}

function readFlow(reader: TableReader, row: SqlRow, room: number): DrawnFlow {
  const id = integer(row, "id");
  const startNs = integer(row, "start_ns");
  const { packets, files, total } = readPackets(reader, id, startNs, room);
  return {
    id,
    client: text(row, "client"),
    server: text(row, "server"),
    source: text(row, "source"),
    files,
    startedAtNs: String(BigInt(text(row, "origin") || 0) + BigInt(startNs)),
    durationNs: integer(row, "duration_ns"),
    encapsulation: textOrNull(row, "encapsulation"),
    state: text(row, "state"),
    history: text(row, "history"),
    vantage: text(row, "vantage"),
    initialRttNs: integerOrNull(row, "initial_rtt_ns"),
    clientEnd: readEnd(row, "client"),
    serverEnd: readEnd(row, "server"),
    packets,
    packetsTotal: total,
    evidence: reader.selectAll(EVIDENCE, { flowId: id }).map((each) => ({
      findingId: integer(each, "finding_id"),
      role: text(each, "role"),
      file: files.indexOf(text(each, "source")),
      frame: integer(each, "frame"),
    })),
    icmpErrors: reader.selectAll(ICMP_ERRORS, { flowId: id }).map((each) => ({
      timeNs: integer(each, "time_ns") - startNs,
      text: `ICMP ${text(each, "name")} from ${text(each, "reporter_addr")} about a segment from ${text(each, "quoted_from")}`,
    })),
  };
}

function readEnd(row: SqlRow, end: "client" | "server"): DrawnEnd {
  return {
    segments: integer(row, `${end}_segments`),
    bytes: integer(row, `${end}_bytes`),
    retransmits: integer(row, `${end}_retransmits`),
    mss: integerOrNull(row, `${end}_mss`),
    windowScale: integerOrNull(row, `${end}_window_scale`),
  };
}
