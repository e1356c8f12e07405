export type Alignment = "left" | "right";

/** Cells in columns two blanks apart, each as wide as its widest cell; no blanks at a line's end. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
  leastWidths: readonly number[] = [],
): string[] {
  const widths = alignments.map((_, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), leastWidths[column] ?? 0),
  );
  return rows.map((row) => alignRow(row, alignments, widths));
}

/** One line of cells, each padded to its column's width; a wider cell pushes the others to the right. */
export function alignRow(
  row: readonly string[],
  alignments: readonly Alignment[],
  widths: readonly number[],
): string {
  return row
    .map((cell, column) => {
      const width = widths[column] ?? 0;
      return alignments[column] === "right" ? cell.padStart(width) : cell.padEnd(width);
    })
    .join("  ")
    .trimEnd();
}
