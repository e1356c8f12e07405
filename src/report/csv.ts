import { printable } from "./printable.js";
import { formatCell, type ResultTable, type ResultValue } from "./result-table.js";

const NEEDS_QUOTES = /[",\r\n]/;

/**
 * The rows as CSV with a heading, RFC 4180: lines end with CR LF, which is part of each piece. NULL is nothing at all and an empty text is
 * two quotes, so that they stay apart.
 * @param isShown on a terminal, which would act on control characters that a file is to hold as they are
 */
export function* csvLines({ columns, rows }: ResultTable, isShown = false): IterableIterator<string> {
  yield csvLine(columns, isShown);
  for (const row of rows) yield csvLine(row, isShown);
}

function csvLine(values: readonly ResultValue[], isShown: boolean): string {
  const line = values.map(csvCell).join(",");
  return `${isShown ? printable(line) : line}\r\n`;
}

function csvCell(value: ResultValue): string {
  if (value === null) return "";
  const text = formatCell(value);
  return text === "" || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
