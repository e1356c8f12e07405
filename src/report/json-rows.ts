import { printableJson } from "./printable.js";
import { formatCell, type ResultTable, type ResultValue } from "./result-table.js";

/**
 * The rows as a JSON array of objects, a line each. Integers beyond 2^53 are written exactly, an infinite REAL becomes
 * a text, a BLOB hexadecimal digits. Of columns with the same name JSON parsers keep the last: name them apart in the query.
 */
export function* jsonRowLines({ columns, rows }: ResultTable): IterableIterator<string> {
  const names = columns.map((column) => printableJson(column));
  let previous: string | undefined;
  for (const row of rows) {
    yield previous === undefined ? "[" : `${previous},`;
    previous = `{${row.map((value, at) => `${names[at]}:${jsonValue(value)}`).join(",")}}`;
  }
  if (previous === undefined) yield "[]";
  else {
    yield previous;
    yield "]";
  }
}

function jsonValue(value: ResultValue): string {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return printableJson(formatCell(value));
  return printableJson(typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
}
