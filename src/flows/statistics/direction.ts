import { defineFields, type RecordCursor } from "../record.js";
import {
  STATISTICS_FLOAT64_FIELDS,
  STATISTICS_UINT32_FIELDS,
  type StatisticsState,
} from "./statistics-state.js";

/** What the statistics remember of one direction, as a cursor. */
export interface Direction extends RecordCursor, StatisticsState {}

/** Index of a field among the record's float64 or uint32 fields, for hot code that goes past the accessors. */
export function float64Index(name: (typeof STATISTICS_FLOAT64_FIELDS)[number]): number {
  return STATISTICS_FLOAT64_FIELDS.indexOf(name);
}
export function uint32Index(name: (typeof STATISTICS_UINT32_FIELDS)[number]): number {
  return STATISTICS_UINT32_FIELDS.indexOf(name);
}

class DirectionCursor {
  f64 = new Float64Array(0);
  u32 = new Uint32Array(0);
  at64 = 0;
  at32 = 0;
}
defineFields(DirectionCursor.prototype, STATISTICS_FLOAT64_FIELDS, STATISTICS_UINT32_FIELDS);

export function createDirection(): Direction {
  // defineFields gave the prototype every field that Direction names.
  return new DirectionCursor() as unknown as Direction;
}
