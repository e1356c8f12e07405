import { type RecordCursor, type RecordLayout, recordLength } from "../record.js";
import { createDirection, type Direction } from "./direction.js";
import { STATISTICS_FLOAT64_FIELDS, STATISTICS_UINT32_FIELDS } from "./statistics-state.js";

/**
 * The statistics of one flow, as a cursor: valid until it is moved. Apart from the flow's own record, so that another
 * thread may keep them.
 */
export interface StatisticsRecord {
  /** The flow's. */
  readonly id: number;
  /** Time of its first segment, nanoseconds since the capture's origin. */
  startNs: number;
  readonly client: Direction;
  readonly server: Direction;
}

/** A record is `startNs`, then the client's fields, then the server's. In float64 fields. */
const DIRECTION_FLOAT64S = recordLength(STATISTICS_FLOAT64_FIELDS.length, STATISTICS_UINT32_FIELDS.length);
const CLIENT_AT = 1;
const SERVER_AT = CLIENT_AT + DIRECTION_FLOAT64S;

class RecordOfFlow implements StatisticsRecord {
  id = 0;
  readonly client = createDirection();
  readonly server = createDirection();

  get startNs(): number {
    return this.client.f64[this.client.at64 - CLIENT_AT]!;
  }

  set startNs(timeNs: number) {
    this.client.f64[this.client.at64 - CLIENT_AT] = timeNs;
  }
}

export function createStatisticsRecord(): StatisticsRecord {
  return new RecordOfFlow();
}

export const STATISTICS_LAYOUT: RecordLayout<StatisticsRecord> = {
  float64s: SERVER_AT + DIRECTION_FLOAT64S,
  move(record: RecordOfFlow, id, f64, u32, at64) {
    record.id = id;
    moveDirection(record.client, f64, u32, at64 + CLIENT_AT);
    moveDirection(record.server, f64, u32, at64 + SERVER_AT);
  },
};

function moveDirection(cursor: RecordCursor, f64: Float64Array, u32: Uint32Array, at64: number): void {
  // Mostly the chunk stays; storing two pointers costs more than comparing one.
  if (cursor.f64 !== f64) {
    cursor.f64 = f64;
    cursor.u32 = u32;
  }
  cursor.at64 = at64;
  cursor.at32 = (at64 + STATISTICS_FLOAT64_FIELDS.length) * 2;
}
