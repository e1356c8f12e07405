import { AnalyzeError } from "../errors.js";
import type { SqlRow, SqlValue } from "../store/sql-value.js";

/** Reads one row of a database column by column; a value of the wrong kind means that somebody changed the file. */
export class RowReader {
  readonly #row: SqlRow;
  readonly #path: string;

  constructor(row: SqlRow, path: string) {
    this.#row = row;
    this.#path = path;
  }

  text(column: string): string {
    return this.textOrNull(column) ?? this.#refuse(column);
  }

  textOrNull(column: string): string | null {
    const value = this.#value(column);
    return value === null || typeof value === "string" ? value : this.#refuse(column);
  }

  /** Exact up to 2^53; clocks that jump by years give larger ones, rounded. */
  integer(column: string): number {
    return this.integerOrNull(column) ?? this.#refuse(column);
  }

  integerOrNull(column: string): number | null {
    const value = this.#value(column);
    if (value === null) return null;
    if (typeof value === "bigint") return Number(value);
    return typeof value === "number" && Number.isInteger(value) ? value : this.#refuse(column);
  }

  oneOf<const Allowed extends string>(column: string, allowed: readonly Allowed[]): Allowed {
    const value = this.#value(column);
    return allowed.find((candidate) => candidate === value) ?? this.#refuse(column);
  }

  #value(column: string): SqlValue {
    return this.#row[column] ?? null;
  }

  #refuse(column: string): never {
    throw new AnalyzeError("DATABASE_FOREIGN", `${this.#path} is damaged: ${column} has an impossible value`);
  }
}
