import type { SqlRow, SqlValue } from "../store/sql-value.js";

/** A database that answers queries; integers come as numbers, so exact up to 2^53. */
export interface TableReader {
  selectAll(sql: string, parameters?: Readonly<Record<string, SqlValue>>): SqlRow[];
}

export function integer(row: SqlRow, column: string): number {
  return Number(row[column] ?? 0);
}

export function integerOrNull(row: SqlRow, column: string): number | null {
  const value = row[column] ?? null;
  return value === null ? null : Number(value);
}

export function text(row: SqlRow, column: string): string {
  return String(row[column] ?? "");
}

export function textOrNull(row: SqlRow, column: string): string | null {
  const value = row[column] ?? null;
  return value === null ? null : String(value);
}
