import {
  type CapturedSpan,
  ENDS,
  type End,
  type Observation,
  type ObservedFlow,
  type ObservedSegment,
} from "../between/observation.js";
import { AnalyzeError } from "../errors.js";
import { formatCount } from "../report/quantity.js";
import type { OpenDatabase } from "../store/open-database.js";
import { RowReader } from "./row-reader.js";

/** As text: they are larger than numbers are exact for. */
const CAPTURES = `
  SELECT id, CAST(origin_ns AS TEXT) AS origin, CAST(start_ns AS TEXT) AS start, duration_ns
  FROM captures WHERE origin_ns IS NOT NULL ORDER BY id`;

const FLOWS = `
  SELECT id, client_addr, client_port, server_addr, server_port, client_isn, server_isn
  FROM flows ORDER BY id`;

/** What repeats without being sent again because it may have been lost is no retransmission: docs/causes.md. */
const SEGMENTS = `
  SELECT sender, frame, capture_id, time_ns, flags, seq, ack, length, tsval, tsecr, ip_id, ttl, options,
    cause IS NOT NULL AND cause NOT IN ('keepalive', 'window-probe', 'network-duplicate', 'reordering') AS is_repeated
  FROM segments WHERE flow_id = :flow AND is_copy = 0 ORDER BY id`;

/** Of one connection; each takes some hundred octets of memory in either capture. */
const MOST_SEGMENTS = 500_000;

const LACKING =
  "SELECT 1 FROM flows WHERE NOT EXISTS (SELECT 1 FROM segments WHERE flow_id = flows.id) LIMIT 1";
const LONGEST = `SELECT 1 FROM flows WHERE client_segments + server_segments > ${MOST_SEGMENTS} LIMIT 1`;

/** Nanoseconds since 1970 of the first frame; null of a database without frames. */
export function firstFrameAtNs(database: OpenDatabase): bigint | null {
  const [first] = database.selectAll(CAPTURES);
  return first === undefined ? null : BigInt(new RowReader(first, database.path).text("start"));
}

/**
 * What a database holds of its connections, times since `sinceNs`, nanoseconds since 1970. The database must stay open meanwhile.
 * @throws AnalyzeError USAGE for one that lacks packets, or has too many of one connection
 */
export function readObservation(database: OpenDatabase, name: string, sinceNs: bigint): Observation {
  const { path } = database;
  const origins = new Map<number, number>();
  const spans: CapturedSpan[] = [];
  for (const values of database.selectAll(CAPTURES)) {
    const row = new RowReader(values, path);
    const beginNs = Number(BigInt(row.text("start")) - sinceNs);
    origins.set(row.integer("id"), Number(BigInt(row.text("origin")) - sinceNs));
    spans.push({ startNs: beginNs, endNs: beginNs + row.integer("duration_ns") });
  }
  const timeOf = (row: RowReader, column: string): number =>
    origins.get(row.integer("capture_id"))! + row.integer(column);
  const flows = database.selectAll(FLOWS).map((values): ObservedFlow => {
    const row = new RowReader(values, path);
    return {
      id: row.integer("id"),
      clientAddress: row.text("client_addr"),
      clientPort: row.integer("client_port"),
      serverAddress: row.text("server_addr"),
      serverPort: row.integer("server_port"),
      clientIsn: row.integerOrNull("client_isn"),
      serverIsn: row.integerOrNull("server_isn"),
    };
  });
  const [lacking] = database.selectAll(LACKING);
  if (lacking !== undefined)
    throw new AnalyzeError("USAGE", `${name} lacks packets: it was not written with --timeline all.`);
  const [longest] = database.selectAll(LONGEST);
  if (longest !== undefined)
    throw new AnalyzeError(
      "USAGE",
      `${name} has a connection of more than ${formatCount(MOST_SEGMENTS)} segments, too many to follow: choose a part of the time.`,
    );
  const askSegments = database.asker(SEGMENTS);
  const read = (flow: ObservedFlow): Record<End, ObservedSegment[]> => {
    const segments: Record<End, ObservedSegment[]> = { client: [], server: [] };
    for (const values of askSegments({ flow: flow.id })) {
      const row = new RowReader(values, path);
      segments[row.oneOf("sender", ENDS)].push(segmentOf(row, timeOf(row, "time_ns")));
    }
    return segments;
  };
  // One flow is asked about several times, and then the next one.
  let latest: { flow: ObservedFlow; segments: Record<End, ObservedSegment[]> } | null = null;
  const segmentsOf = (flow: ObservedFlow, end: End): ObservedSegment[] => {
    if (latest?.flow !== flow) latest = { flow, segments: read(flow) };
    return latest.segments[end];
  };
  const startNs = Math.min(...spans.map((span) => span.startNs));
  const endNs = Math.max(...spans.map((span) => span.endNs));
  return { name, startNs, endNs, spans, flows, segmentsOf };
}

function segmentOf(row: RowReader, timeNs: number): ObservedSegment {
  return {
    frame: row.integer("frame"),
    timeNs,
    flags: row.integer("flags"),
    seq: row.integer("seq"),
    ack: row.integerOrNull("ack"),
    length: row.integer("length"),
    tsval: row.integerOrNull("tsval"),
    tsecr: row.integerOrNull("tsecr"),
    ipId: row.integerOrNull("ip_id"),
    ttl: row.integer("ttl"),
    options: row.textOrNull("options"),
    isRepeated: row.integer("is_repeated") === 1,
  };
}
