import {
  MAX_RECORDINGS,
  type RateBins,
  type RecordedEvent,
  type Recording,
} from "../report/html/page-data.js";
import type { SqlRow } from "../store/sql-value.js";
import { readCounters, readQueues } from "./kernel-samples.js";
import { integer, integerOrNull, type TableReader, text, textOrNull } from "./table-reader.js";

/** Parts of a recording's time: about as many as a screen has columns. */
const BINS = 600;
const MAX_EVENTS = 1000;
const MAX_FINDINGS = 1000;

/** Captures of one origin are one recording. The extent comes from what was captured, not from the kernel's samples. */
const RECORDINGS = `
  SELECT CAST(origin_ns AS TEXT) AS origin, min(captures.id) AS first_capture, json_group_array(captures.id) AS ids,
    json_group_array(source) AS sources, min(start_ns - origin_ns) AS start_ns,
    max(start_ns - origin_ns + duration_ns) AS end_ns,
    (SELECT count(*) FROM findings WHERE findings.capture_id IN
      (SELECT id FROM captures AS same WHERE same.origin_ns = captures.origin_ns)) AS findings
  FROM captures WHERE origin_ns IS NOT NULL
  GROUP BY origin_ns ORDER BY findings DESC, first_capture`;

/** Captures on axes of time, those with most findings first, and how many there are in all. */
export function readRecordings(reader: TableReader): { recordings: Recording[]; total: number } {
  const rows = reader.selectAll(RECORDINGS);
  return {
    recordings: rows.slice(0, MAX_RECORDINGS).map((row) => readRecording(reader, row)),
    total: rows.length,
  };
}

function readRecording(reader: TableReader, row: SqlRow): Recording {
  const startNs = integer(row, "start_ns");
  const endNs = integer(row, "end_ns");
  // Numbers that the database itself listed.
  const inside = `capture_id IN (SELECT value FROM json_each('${text(row, "ids")}'))`;
  const events = readEvents(reader, inside);
  return {
    sources: sourcesOf(text(row, "sources")),
    originNs: text(row, "origin"),
    startNs,
    endNs,
    rate: readRate(reader, inside, startNs, endNs),
    findings: reader
      .selectAll(
        `SELECT id, start_ns, end_ns FROM findings WHERE ${inside} ORDER BY id LIMIT ${MAX_FINDINGS}`,
      )
      .map((each) => ({
        id: integer(each, "id"),
        startNs: integer(each, "start_ns"),
        endNs: integer(each, "end_ns"),
      })),
    counters: readCounters(reader, inside),
    queues: readQueues(reader, inside),
    events: events.slice(0, MAX_EVENTS),
    eventsLeftOut: Math.max(0, events.length - MAX_EVENTS),
  };
}

function sourcesOf(json: string): string[] {
  const sources: unknown = JSON.parse(json);
  return Array.isArray(sources) ? sources.map(String) : [];
}

function readRate(reader: TableReader, inside: string, startNs: number, endNs: number): RateBins {
  const widthNs = Math.max(1, Math.ceil((endNs - startNs + 1) / BINS));
  const bins = Math.max(1, Math.ceil((endNs - startNs + 1) / widthNs));
  const fill = (rows: readonly SqlRow[], column: string): number[] => {
    const filled = new Array<number>(bins).fill(0);
    for (const each of rows) {
      const at = integer(each, "bin");
      if (at >= 0 && at < bins) filled[at] = integer(each, column);
    }
    return filled;
  };
  // Bound parameters would be REAL, and the division one of fractions.
  const bin = `(time_ns - (${startNs})) / ${widthNs} AS bin`;
  const segments = reader.selectAll(
    `SELECT ${bin}, count(*) AS segments, sum(length) AS bytes FROM segments WHERE ${inside} AND is_copy = 0 GROUP BY 1`,
  );
  const repeated = reader.selectAll(
    `SELECT ${bin}, count(*) AS segments FROM retransmissions WHERE ${inside} GROUP BY 1`,
  );
  const [counted] = reader.selectAll(
    `SELECT sum(client_segments + server_segments) AS segments FROM flows WHERE ${inside}`,
  );
  return {
    widthNs,
    segmentsTotal: counted === undefined ? 0 : integer(counted, "segments"),
    segments: segments.length === 0 ? null : fill(segments, "segments"),
    bytes: segments.length === 0 ? null : fill(segments, "bytes"),
    retransmissions: fill(repeated, "segments"),
  };
}

/** Route changes and ICMP errors in order of time, one more than are listed. */
function readEvents(reader: TableReader, inside: string): RecordedEvent[] {
  const routes = reader
    .selectAll(`SELECT * FROM route_events WHERE ${inside} ORDER BY time_ns LIMIT ${2 * MAX_EVENTS}`)
    .map((row): RecordedEvent => ({ kind: "route", timeNs: integer(row, "time_ns"), text: routeText(row) }));
  const errors = reader
    .selectAll(`SELECT * FROM icmp_errors WHERE ${inside} ORDER BY time_ns LIMIT ${2 * MAX_EVENTS}`)
    .map((row): RecordedEvent => ({ kind: "icmp", timeNs: integer(row, "time_ns"), text: errorText(row) }));
  return [...routes, ...errors].sort((a, b) => a.timeNs - b.timeNs);
}

function routeText(row: SqlRow): string {
  const parts = [text(row, "operation"), textOrNull(row, "route_type"), text(row, "prefix")];
  const gateway = textOrNull(row, "gateway_addr");
  const device = textOrNull(row, "device");
  const table = textOrNull(row, "route_table");
  if (gateway !== null) parts.push(`via ${gateway}`);
  if (device !== null) parts.push(`dev ${device}`);
  if (table !== null) parts.push(`table ${table}`);
  return parts.filter((part) => part !== null).join(" ");
}

function errorText(row: SqlRow): string {
  const mtu = integerOrNull(row, "mtu");
  const about = `${text(row, "quoted_from")} -> ${text(row, "quoted_to")}`;
  return `ICMP ${text(row, "name")}${mtu === null ? "" : ` (mtu ${mtu})`} from ${text(row, "reporter_addr")} about ${about}`;
}
