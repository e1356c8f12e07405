/** A value of SQLite. */
export type ResultValue = null | number | bigint | string | Uint8Array;

/** A query's answer; `rows` may be iterated once. */
export interface ResultTable {
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly ResultValue[]>;
}

/** A value as plain text, a BLOB in hexadecimal digits. */
export function formatCell(value: Exclude<ResultValue, null>): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}
