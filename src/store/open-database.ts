import { resolve } from "node:path";
import Database from "better-sqlite3";
import { AnalyzeError } from "../errors.js";
import { SCHEMA_VERSION } from "./create-database.js";
import { identify } from "./database-header.js";
import { asQueryError, type QueryResult, runQuery } from "./query.js";
import type { SqlRow, SqlValue } from "./sql-value.js";

/** A finished database, open for reading only. */
export class OpenDatabase {
  readonly path: string;
  readonly #database: Database.Database;

  /** Use `openDatabase`, which checks what `path` is. */
  constructor(path: string) {
    this.path = path;
    this.#database = new Database(resolve(path), { readonly: true });
  }

  /** All rows of a query; parameters bind as `:name`. Integers come as numbers, so exact up to 2^53. */
  selectAll(sql: string, parameters: Readonly<Record<string, SqlValue>> = {}): SqlRow[] {
    try {
      return this.#database.prepare<[typeof parameters], SqlRow>(sql).all(parameters);
    } catch (error) {
      throw asQueryError(error, this.path);
    }
  }

  /** The same for a query that is asked again and again: prepared once. */
  asker(sql: string): (parameters: Readonly<Record<string, SqlValue>>) => SqlRow[] {
    const statement = this.#database.prepare<[Readonly<Record<string, SqlValue>>], SqlRow>(sql);
    return (parameters) => {
      try {
        return statement.all(parameters);
      } catch (error) {
        throw asQueryError(error, this.path);
      }
    };
  }

  /** One statement as a user typed it: only reading, rows as they come, integers exact. */
  query(sql: string): QueryResult {
    return runQuery(this.#database, this.path, sql);
  }

  /** Safe to call twice. */
  close(): void {
    this.#database.close();
  }
}

/** Opens a database that this tool wrote; says in one sentence why it cannot. */
export function openDatabase(path: string): OpenDatabase {
  const identity = identifyReadable(path);
  if (identity.is === "missing") throw new AnalyzeError("DATABASE_NOT_FOUND", `there is no database ${path}`);
  if (identity.is === "foreign") {
    throw new AnalyzeError(
      "DATABASE_FOREIGN",
      `${path} is not a tcptrace-analyze database; it was left untouched`,
    );
  }
  if (identity.version !== SCHEMA_VERSION) {
    const age = identity.version > SCHEMA_VERSION ? "a newer" : "an older";
    throw new AnalyzeError(
      "DATABASE_VERSION",
      `${path} was written by ${age} tcptrace-analyze (schema ${identity.version}, this one reads ${SCHEMA_VERSION})`,
    );
  }
  try {
    return new OpenDatabase(path);
  } catch (error) {
    throw asQueryError(error, path);
  }
}

function identifyReadable(path: string): ReturnType<typeof identify> {
  try {
    return identify(resolve(path));
  } catch (error) {
    throw new AnalyzeError("DATABASE_NOT_FOUND", `the database ${path} cannot be read`, { cause: error });
  }
}
