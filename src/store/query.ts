import Database from "better-sqlite3";
import { AnalyzeError } from "../errors.js";
import type { SqlValue } from "./sql-value.js";

/** A query's answer. Integers are numbers up to 2^53-1 and bigints beyond, so that all print exactly. */
export interface QueryResult {
  readonly columns: readonly string[];
  /** One array per row, in the order of `columns`. May be iterated once, while the database is open. */
  readonly rows: IterableIterator<SqlValue[]>;
}

/** Begins one statement that only reads; anything else is refused with a sentence. */
export function runQuery(database: Database.Database, path: string, sql: string): QueryResult {
  const statement = prepare(database, path, sql);
  if (!statement.reader || !statement.readonly) {
    throw new AnalyzeError("SQL_INVALID", "only statements that read are allowed, such as SELECT");
  }
  statement.raw(true).safeIntegers(true);
  return { columns: statement.columns().map((column) => column.name), rows: rowsOf(statement, path) };
}

function prepare(database: Database.Database, path: string, sql: string): Database.Statement<[], SqlValue[]> {
  try {
    return database.prepare<[], SqlValue[]>(sql);
  } catch (error) {
    throw asQueryError(error, path);
  }
}

function* rowsOf(statement: Database.Statement<[], SqlValue[]>, path: string): IterableIterator<SqlValue[]> {
  try {
    for (const row of statement.iterate()) yield row.map(narrowed);
  } catch (error) {
    throw asQueryError(error, path);
  }
}

function narrowed(value: SqlValue): SqlValue {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** SQLite's message is the sentence; better-sqlite3 has its own errors for no statement, several, or parameters. */
export function asQueryError(error: unknown, path: string): unknown {
  if (error instanceof Database.SqliteError) {
    if (/^SQLITE_(?:CORRUPT|NOTADB)/.test(error.code)) {
      return new AnalyzeError("DATABASE_FOREIGN", `${path} is damaged: ${error.message}`, { cause: error });
    }
    return new AnalyzeError("SQL_INVALID", error.message, { cause: error });
  }
  if (error instanceof RangeError) {
    return new AnalyzeError("SQL_INVALID", `one statement without parameters is expected: ${error.message}`, {
      cause: error,
    });
  }
  return error;
}
