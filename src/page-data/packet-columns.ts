import type { PacketColumns } from "../report/html/page-data.js";
import type { SqlRow } from "../store/sql-value.js";
import { choosePackets, type PacketRange } from "./choose-packets.js";
import { integer, integerOrNull, type TableReader, text, textOrNull } from "./table-reader.js";
import { TextDictionary } from "./text-dictionary.js";

/** Repetitions that may claim room, per flow. */
const MAX_MARKED = 1000;

/** Places of what proves something, then of what was sent again. */
const MARKED = `
  SELECT position FROM (
    SELECT frame, capture_id, cause, row_number() OVER (ORDER BY id) AS position
    FROM segments WHERE flow_id = :flowId) AS numbered
  LEFT JOIN (SELECT DISTINCT capture_id AS evidence_capture, frame AS evidence_frame FROM evidence WHERE flow_id = :flowId)
    ON evidence_capture = capture_id AND evidence_frame = frame
  WHERE evidence_frame IS NOT NULL OR cause IS NOT NULL
  ORDER BY evidence_frame IS NULL, position LIMIT ${MAX_MARKED}`;

const ROWS = `
  SELECT numbered.*, captures.source AS source,
    (SELECT group_concat(labels.name, ' ') FROM labels WHERE analysis & labels.bit) AS labels
  FROM (SELECT *, row_number() OVER (ORDER BY id) AS position FROM segments WHERE flow_id = :flowId) AS numbered
  JOIN captures ON captures.id = capture_id`;

export interface ReadPackets {
  readonly packets: PacketColumns;
  readonly files: readonly string[];
  /** Packets that the database has of the flow. */
  readonly total: number;
}

/** At most `room` packets of a flow. `startNs`: what their times count from. */
export function readPackets(reader: TableReader, flowId: number, startNs: number, room: number): ReadPackets {
  const [counted] = reader.selectAll("SELECT count(*) AS total FROM segments WHERE flow_id = :flowId", {
    flowId,
  });
  const total = counted === undefined ? 0 : integer(counted, "total");
  const marked =
    total <= room ? [] : reader.selectAll(MARKED, { flowId }).map((row) => integer(row, "position"));
  const ranges = choosePackets(total, room, marked);
  const rows =
    ranges.length === 0
      ? []
      : reader.selectAll(`${ROWS} WHERE ${within(ranges)} ORDER BY position`, { flowId });
  const files = new TextDictionary();
  return { packets: columnsOf(rows, startNs, files), files: files.texts(), total };
}

function within(ranges: readonly PacketRange[]): string {
  return ranges.map(({ first, last }) => `position BETWEEN ${first} AND ${last}`).join(" OR ");
}

function columnsOf(rows: readonly SqlRow[], startNs: number, files: TextDictionary): PacketColumns {
  const options = new TextDictionary();
  const labels = new TextDictionary();
  const causes = new TextDictionary();
  const numbers = (column: string): number[] => rows.map((row) => integer(row, column));
  const numbersOrNull = (column: string): (number | null)[] => rows.map((row) => integerOrNull(row, column));
  const texts = (column: string, dictionary: TextDictionary): (number | null)[] =>
    rows.map((row) => dictionary.numberOf(textOrNull(row, column)));
  return {
    position: numbers("position"),
    file: rows.map((row) => files.numberOf(text(row, "source"))),
    frame: numbers("frame"),
    timeNs: rows.map((row) => integer(row, "time_ns") - startNs),
    fromServer: rows.map((row) => (row["sender"] === "server" ? 1 : 0)),
    flags: numbers("flags"),
    seq: numbers("seq"),
    ack: numbersOrNull("ack"),
    length: numbers("length"),
    window: numbers("window"),
    tsval: numbersOrNull("tsval"),
    tsecr: numbersOrNull("tsecr"),
    options: texts("options", options),
    optionTexts: options.texts(),
    isCopy: numbers("is_copy"),
    labels: texts("labels", labels),
    labelTexts: labels.texts(),
    cause: texts("cause", causes),
    causeTexts: causes.texts(),
    ackRttNs: numbersOrNull("ack_rtt_ns"),
    bytesInFlight: numbersOrNull("bytes_in_flight"),
  };
}
