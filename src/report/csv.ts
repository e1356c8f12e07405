import { formatCell, type ResultTable, type ResultValue } from "./result-table.js";

const NEEDS_QUOTES = /[",\r\n]/;

/**
 * The rows as CSV with a heading, RFC 4180: lines end with CR LF, which is part of each piece. NULL is nothing at all and an empty text is
 * two quotes, so that they stay apart.
 */
export function* csvLines({ columns, rows }: ResultTable): IterableIterator<string> {
  yield `${columns.map(csvCell).join(",")}\r\n`;
  for (const row of rows) yield `${row.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: ResultValue): string {
  if (value === null) return "";
  const text = formatCell(value);
  return text === "" || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
