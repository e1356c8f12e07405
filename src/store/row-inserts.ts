import type Database from "better-sqlite3";
import { INSERT_COLUMNS, type InsertableRows, insertSql } from "./insert-columns.js";
import type { SqlValue } from "./sql-value.js";
import type { FindingRow } from "./table-rows.js";

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

/** Adds rows to the small tables of an open database. Errors of SQLite come as they are. */
export class RowInserts {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement<SqlValue[]>>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Adds a row; what it refers to (its capture, its flow) must be there before. */
  insert<Table extends keyof InsertableRows>(table: Table, row: InsertableRows[Table]): void {
    this.#run("INSERT", table, INSERT_COLUMNS[table], row);
  }

  /** Adds a row, or puts it in the place of the one with its key. */
  replace<Table extends keyof InsertableRows>(table: Table, row: InsertableRows[Table]): void {
    this.#run("INSERT OR REPLACE", table, INSERT_COLUMNS[table], row);
  }

  /**
   * Adds a finding with its flows and its evidence, or puts it in the place of the one with its id, whose evidence goes
   * and whose flows stay. A flow listed twice counts once.
   */
  insertFinding(finding: FindingRow): void {
    this.#run("INSERT OR REPLACE", "findings", FINDING_COLUMNS, {
      ...finding,
      alternatives: JSON.stringify(finding.alternatives),
      data: JSON.stringify(finding.data),
      flowId: finding.flowIds[0] ?? null,
    });
    for (const flowId of new Set(finding.flowIds))
      this.#run("INSERT OR IGNORE", "finding_flow_links", LINK_COLUMNS, { findingId: finding.id, flowId });
    this.#delete("evidence", "finding_id", finding.id);
    for (const evidence of finding.evidence)
      this.#run("INSERT", "evidence", EVIDENCE_COLUMNS, { ...evidence, findingId: finding.id });
  }

  /** Takes a finding out with all that belongs to it. */
  removeFinding(id: number): void {
    this.#delete("evidence", "finding_id", id);
    this.#delete("finding_flow_links", "finding_id", id);
    this.#delete("findings", "id", id);
  }

  #run<Row extends object>(
    verb: string,
    table: string,
    columns: readonly (keyof Row & string)[],
    row: Row,
  ): void {
    const key = `${verb} ${table}`;
    const statement = this.#statements.get(key) ?? this.#prepare(key, insertSql(table, columns, verb));
    statement.run(...columns.map((column) => asInteger(row[column] as SqlValue)));
  }

  #delete(table: string, column: string, id: number): void {
    const sql = `DELETE FROM ${table} WHERE ${column} = ?`;
    (this.#statements.get(sql) ?? this.#prepare(sql, sql)).run(id);
  }

  #prepare(key: string, sql: string): Database.Statement<SqlValue[]> {
    const statement = this.#database.prepare<SqlValue[]>(sql);
    this.#statements.set(key, statement);
    return statement;
  }
}

/**
 * better-sqlite3 binds a number as REAL; SQLite takes a whole one for an INTEGER column only below 2^51, so the
 * times of frames without a timestamp (back in 1970) must go in as integers.
 */
function asInteger(value: SqlValue): SqlValue {
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value;
}
