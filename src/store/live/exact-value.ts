import type { SqlValue } from "../sql-value.js";

/** SQLite takes a REAL for an INTEGER column only below 2^51: 26 days in nanoseconds. */
export function exactValue(value: SqlValue): SqlValue {
  return typeof value === "number" && Math.abs(value) >= 2 ** 50 ? BigInt(value) : value;
}
