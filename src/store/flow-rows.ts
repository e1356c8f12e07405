import type { Confidence, Vantage } from "../engine/finding.js";
import type { ConnectionState } from "../flows/connection-state.js";
import { RecordWriter } from "./sqlite-file/record-writer.js";
import type { RecordSink } from "./sqlite-file/table-writer.js";

/** A row of `flows`; what each column means stands in schema.sql. Integers are exact up to 2^53-1. */
export interface FlowRow {
  id: number;
  captureId: number;
  clientAddr: string;
  clientPort: number;
  serverAddr: string;
  serverPort: number;
  encapsulationId: number | null;
  clientKnownBy: "syn" | "syn-ack" | "ports" | "direction";
  state: ConnectionState;
  history: string;
  firstFrame: number;
  lastCaptureId: number;
  lastFrame: number;
  startNs: number;
  durationNs: number;
  clientIsn: number | null;
  serverIsn: number | null;
  clientSegments: number;
  serverSegments: number;
  clientBytes: number;
  serverBytes: number;
  clientUniqueBytes: number;
  serverUniqueBytes: number;
  clientRetransmits: number;
  serverRetransmits: number;
  clientCopies: number;
  serverCopies: number;
  clientMss: number | null;
  serverMss: number | null;
  clientWindowScale: number | null;
  serverWindowScale: number | null;
  clientSyns: number;
  serverSyns: number;
  clientFinFrame: number | null;
  serverFinFrame: number | null;
  clientRstFrame: number | null;
  serverRstFrame: number | null;
  synNs: number | null;
  synAckNs: number | null;
  handshakeAckNs: number | null;
  closedBy: "client" | "server" | null;
  closeKind: "fin" | "rst" | null;
  closedNs: number | null;
  completeness: number;
  initialRttNs: number | null;
  stalls: number;
  longestStallNs: number | null;
  vantage: Vantage;
  vantageConfidence: Confidence | null;
}

/** Columns of `flows` in schema.sql, `id` included. */
const COLUMNS = 49;
/** A flow's record usually has 128 octets or more. */
const SIZE_BYTES = 2;

/** Appends rows to `flows` in id order. */
export class FlowRows {
  readonly #table: RecordSink;
  readonly #record: RecordWriter;

  constructor(table: RecordSink) {
    this.#table = table;
    this.#record = new RecordWriter(table.bytes);
  }

  /** `row` may be reused by the caller; its id is larger than the last one. */
  append(row: FlowRow): void {
    const record = this.#record;
    record.begin(this.#table.begin(row.id, SIZE_BYTES), COLUMNS);
    // The rowid stands for `id`.
    record.null();
    record.integer(row.captureId);
    record.text(row.clientAddr);
    record.integer(row.clientPort);
    record.text(row.serverAddr);
    record.integer(row.serverPort);
    record.integerOrNull(row.encapsulationId);
    record.text(row.clientKnownBy);
    record.text(row.state);
    record.text(row.history);
    record.integer(row.firstFrame);
    record.integer(row.lastCaptureId);
    record.integer(row.lastFrame);
    record.integer(row.startNs);
    record.integer(row.durationNs);
    record.integerOrNull(row.clientIsn);
    record.integerOrNull(row.serverIsn);
    record.integer(row.clientSegments);
    record.integer(row.serverSegments);
    record.integer(row.clientBytes);
    record.integer(row.serverBytes);
    record.integer(row.clientUniqueBytes);
    record.integer(row.serverUniqueBytes);
    record.integer(row.clientRetransmits);
    record.integer(row.serverRetransmits);
    record.integer(row.clientCopies);
    record.integer(row.serverCopies);
    record.integerOrNull(row.clientMss);
    record.integerOrNull(row.serverMss);
    record.integerOrNull(row.clientWindowScale);
    record.integerOrNull(row.serverWindowScale);
    record.integer(row.clientSyns);
    record.integer(row.serverSyns);
    record.integerOrNull(row.clientFinFrame);
    record.integerOrNull(row.serverFinFrame);
    record.integerOrNull(row.clientRstFrame);
    record.integerOrNull(row.serverRstFrame);
    record.integerOrNull(row.synNs);
    record.integerOrNull(row.synAckNs);
    record.integerOrNull(row.handshakeAckNs);
    record.textOrNull(row.closedBy);
    record.textOrNull(row.closeKind);
    record.integerOrNull(row.closedNs);
    record.integer(row.completeness);
    record.integerOrNull(row.initialRttNs);
    record.integer(row.stalls);
    record.integerOrNull(row.longestStallNs);
    record.text(row.vantage);
    record.textOrNull(row.vantageConfidence);
    this.#table.end(record.end());
  }
}
