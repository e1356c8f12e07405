import Database from "better-sqlite3";
import { copyFlagged } from "./copy-flagged.js";
import { INSERT_COLUMNS, type InsertableRows, insertSql } from "./insert-columns.js";
import type { ScratchFiles } from "./scratch-files.js";
import type { FindingRow } from "./table-rows.js";
import { asWriteError } from "./write-error.js";

/** A value that SQL gives or takes. */
export type SqlValue = number | bigint | string | Uint8Array | null;
/** A row by column name. */
export type SqlRow = Record<string, SqlValue>;

/**
 * The database when all segments and flows are in: rules ask it, and the small tables are filled, in one transaction
 * that nobody else sees. `commit` puts it in its place; anything else leaves the target as it was.
 */
export class DatabaseTables {
  readonly #path: string;
  readonly #scratch: ScratchFiles;
  readonly #keepsFlaggedOnly: boolean;
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement<SqlValue[]>>();

  /** `path` is the target as the user named it. The database stands at `scratch.database`. */
  constructor(path: string, scratch: ScratchFiles, keepsFlaggedOnly: boolean) {
    this.#path = path;
    this.#scratch = scratch;
    this.#keepsFlaggedOnly = keepsFlaggedOnly;
    this.#database = new Database(scratch.database);
    this.#database.pragma("journal_mode = MEMORY");
    this.#database.pragma("synchronous = OFF");
    this.#database.exec("BEGIN");
  }

  /** Adds a row; what it refers to (its capture, its flow) must be there before. */
  insert<Table extends keyof InsertableRows>(table: Table, row: InsertableRows[Table]): void {
    const columns = INSERT_COLUMNS[table];
    this.#insert(table, columns, row);
  }

  /** Adds a finding with its flows and its evidence. A flow listed twice counts once. */
  insertFinding(finding: FindingRow): void {
    this.#insert("findings", FINDING_COLUMNS, {
      ...finding,
      alternatives: JSON.stringify(finding.alternatives),
      data: JSON.stringify(finding.data),
      flowId: finding.flowIds[0] ?? null,
    });
    for (const flowId of new Set(finding.flowIds)) {
      this.#insert("finding_flow_links", LINK_COLUMNS, { findingId: finding.id, flowId });
    }
    for (const evidence of finding.evidence) {
      this.#insert("evidence", EVIDENCE_COLUMNS, { ...evidence, findingId: finding.id });
    }
  }

  /** All rows of a query; integers come as numbers, so exact up to 2^53. */
  selectAll(sql: string, parameters: Readonly<Record<string, SqlValue>> = {}): SqlRow[] {
    try {
      return this.#database.prepare<[typeof parameters], SqlRow>(sql).all(parameters);
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

  #insert<Row extends object>(table: string, columns: readonly (keyof Row & string)[], row: Row): void {
    let statement = this.#statements.get(table);
    if (statement === undefined) {
      statement = this.#database.prepare<SqlValue[]>(insertSql(table, columns));
      this.#statements.set(table, statement);
    }
    try {
      statement.run(...columns.map((column) => asInteger(row[column] as SqlValue)));
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): unknown {
    const failure = asWriteError(this.#path, error);
    if (failure !== error) this.close();
    return failure;
  }
}

const FINDING_COLUMNS = [
  "id",
  "ruleId",
  "severity",
  "messageId",
  "message",
  "why",
  "remedy",
  "confidence",
  "vantage",
  "alternatives",
  "data",
  "subject",
  "serverFlows",
  "flowId",
  "captureId",
  "startNs",
  "endNs",
  "fingerprint",
] as const;
const LINK_COLUMNS = ["findingId", "flowId"] as const;
const EVIDENCE_COLUMNS = ["findingId", "role", "captureId", "frame", "flowId", "timeNs", "note"] as const;

/**
 * better-sqlite3 binds a number as REAL; SQLite takes a whole one for an INTEGER column only below 2^51, so the
 * times of frames without a timestamp (back in 1970) must go in as integers.
 */
function asInteger(value: SqlValue): SqlValue {
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value;
}
