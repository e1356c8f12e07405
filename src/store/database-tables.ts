import Database from "better-sqlite3";
import { copyFlagged } from "./copy-flagged.js";
import type { InsertableRows } from "./insert-columns.js";
import { RowInserts } from "./row-inserts.js";
import type { ScratchFiles } from "./scratch-files.js";
import type { SqlRow, SqlValue } from "./sql-value.js";
import type { FindingRow } from "./table-rows.js";
import { asWriteError } from "./write-error.js";

/**
 * The database when all segments and flows are in: rules ask it, and the small tables are filled, in one transaction
 * that nobody else sees. `commit` puts it in its place; anything else leaves the target as it was.
 */
export class DatabaseTables {
  readonly #path: string;
  readonly #scratch: ScratchFiles;
  readonly #keepsFlaggedOnly: boolean;
  readonly #database: Database.Database;
  readonly #inserts: RowInserts;
  /** Queries that were asked, by their text: a report asks the same few for each finding, and they take long to prepare. */
  readonly #queries = new Map<string, Database.Statement<[Readonly<Record<string, SqlValue>>], SqlRow>>();

  /** `path` is the target as the user named it. The database stands at `scratch.database`. */
  constructor(path: string, scratch: ScratchFiles, keepsFlaggedOnly: boolean) {
    this.#path = path;
    this.#scratch = scratch;
    this.#keepsFlaggedOnly = keepsFlaggedOnly;
    this.#database = new Database(scratch.database);
    this.#database.pragma("journal_mode = MEMORY");
    this.#database.pragma("synchronous = OFF");
    this.#database.exec("BEGIN");
    this.#inserts = new RowInserts(this.#database);
  }

  /** Adds a row; what it refers to (its capture, its flow) must be there before. */
  insert<Table extends keyof InsertableRows>(table: Table, row: InsertableRows[Table]): void {
    try {
      this.#inserts.insert(table, row);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Adds a finding with its flows and its evidence. A flow listed twice counts once. */
  insertFinding(finding: FindingRow): void {
    try {
      this.#inserts.insertFinding(finding);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** All rows of a query; integers come as numbers, so exact up to 2^53. */
  selectAll(sql: string, parameters: Readonly<Record<string, SqlValue>> = {}): SqlRow[] {
    try {
      let query = this.#queries.get(sql);
      if (query === undefined) {
        query = this.#database.prepare(sql);
        this.#queries.set(sql, query);
      }
      return query.all(parameters);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Ends the database, puts it in the target's place, and returns its path. */
  commit(): string {
    try {
      this.#database.exec("COMMIT");
      this.#database.close();
      if (!this.#keepsFlaggedOnly) return this.#scratch.publish(this.#scratch.database);
      copyFlagged(this.#scratch.database, this.#scratch.flagged);
      return this.#scratch.publish(this.#scratch.flagged);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Removes all that is temporary: before `commit` everything, after it a `:memory:` database. Safe to call twice. */
  close(): void {
    this.#database.close();
    this.#scratch.remove();
  }

  #failed(error: unknown): unknown {
    const failure = asWriteError(this.#path, error);
    if (failure !== error) this.close();
    return failure;
  }
}
