import { type Alignment, alignRow } from "./columns.js";
import { printable } from "./printable.js";
import { formatCell, type ResultTable, type ResultValue } from "./result-table.js";

/** Rows that decide how wide the columns are; the rest is streamed, so that a million rows take no memory. */
const MEASURED_ROWS = 500;
const NULL_TEXT = "NULL";
const LEAST_CELL_WIDTH = 8;

/**
 * The rows in aligned columns below a heading, numbers at the right, a line each.
 * @param maxWidth columns of the terminal, wide cells are cut to fit; Infinity cuts nothing
 */
export function* tableLines(result: ResultTable, maxWidth: number): IterableIterator<string> {
  const headings = result.columns.map(printable);
  const measured: (readonly ResultValue[])[] = [];
  let print: ((row: readonly ResultValue[]) => string) | null = null;
  for (const row of result.rows) {
    if (print !== null) {
      yield print(row);
      continue;
    }
    measured.push(row);
    if (measured.length < MEASURED_ROWS) continue;
    print = rowPrinter(headings, measured, maxWidth);
    yield* headAndRows(headings, measured, print);
  }
  if (print === null) yield* headAndRows(headings, measured, rowPrinter(headings, measured, maxWidth));
}

function* headAndRows(
  headings: readonly string[],
  rows: readonly (readonly ResultValue[])[],
  print: (row: readonly ResultValue[]) => string,
): IterableIterator<string> {
  const heading = print(headings);
  yield heading;
  yield "-".repeat(Math.max(heading.length, ...rows.map((row) => print(row).length)));
  for (const row of rows) yield print(row);
}

/** Prints a row in columns as wide as the measured rows need, or as the terminal leaves. */
function rowPrinter(
  headings: readonly string[],
  measured: readonly (readonly ResultValue[])[],
  maxWidth: number,
): (row: readonly ResultValue[]) => string {
  const alignments = headings.map((_, column): Alignment => (isNumeric(measured, column) ? "right" : "left"));
  const natural = headings.map((heading, column) =>
    measured.reduce((width, row) => Math.max(width, cellText(row[column]!).length), heading.length),
  );
  const widths = fitWidths(natural, maxWidth);
  return (row) => {
    const cells = row.map(cellText);
    const isCut = maxWidth !== Number.POSITIVE_INFINITY;
    return alignRow(isCut ? cells.map((cell, at) => cut(cell, widths[at]!)) : cells, alignments, widths);
  };
}

function isNumeric(rows: readonly (readonly ResultValue[])[], column: number): boolean {
  const values = rows.map((row) => row[column]).filter((value) => value !== null);
  return values.length > 0 && values.every((value) => typeof value === "number" || typeof value === "bigint");
}

function cellText(value: ResultValue): string {
  return value === null ? NULL_TEXT : printable(formatCell(value));
}

/** Takes columns from the widest until all fit, as long as each keeps a readable rest. */
function fitWidths(natural: readonly number[], maxWidth: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width + 2, -2) - maxWidth;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= LEAST_CELL_WIDTH) break;
    const next = Math.max(LEAST_CELL_WIDTH, ...widths.filter((width) => width < widest));
    const at = widths.indexOf(widest);
    const taken = Math.min(excess, Math.max(1, widest - next));
    widths[at] = widest - taken;
    excess -= taken;
  }
  return widths;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
