import { randomBytes } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { AnalyzeError, whyNotWritten } from "../errors.js";
import { makeFolder } from "../make-folder.js";
import type { OpenDatabase } from "../store/open-database.js";

/** Rows in memory at a time, a row group each. */
const ROW_GROUP = 50_000;

/** What is exported, in this order. */
const TABLES = ["flows", "segments", "findings"] as const;

interface Column {
  readonly name: string;
  readonly type: "INT64" | "DOUBLE" | "STRING";
}

/**
 * Writes `flows.parquet`, `segments.parquet` and `findings.parquet` with the columns of the tables of these names; with
 * `flows` only what belongs to these. Returns the files.
 * @throws AnalyzeError EXPORT_WRITE; a file that was there before is then untouched
 */
export function exportParquet(
  database: OpenDatabase,
  flows: readonly number[] | null,
  folder: string,
): string[] {
  makeFolder(folder);
  return TABLES.map((table) => {
    const path = join(folder, `${table}.parquet`);
    const scratch = join(folder, `.${table}.${process.pid}-${randomBytes(4).toString("hex")}.parquet`);
    try {
      writeTable(database, table, flows, scratch);
      renameSync(scratch, path);
    } catch (error) {
      rmSync(scratch, { force: true });
      if (!(error instanceof Error && "syscall" in error && "code" in error)) throw error;
      throw new AnalyzeError("EXPORT_WRITE", `cannot write ${path}: ${whyNotWritten(String(error.code))}`, {
        cause: error,
      });
    }
    return path;
  });
}

function writeTable(
  database: OpenDatabase,
  table: (typeof TABLES)[number],
  flows: readonly number[] | null,
  path: string,
): void {
  const columns = columnsOf(database, table);
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [
      { name: "root", num_children: columns.length },
      ...columns.map(({ name, type }) => ({
        name,
        repetition_type: "OPTIONAL" as const,
        ...(type === "STRING" ? ({ type: "BYTE_ARRAY", converted_type: "UTF8" } as const) : { type }),
      })),
    ],
  });
  let values: unknown[][] = columns.map(() => []);
  const flush = (): void => {
    writer.write({
      columnData: columns.map(({ name, type }, index) => ({ name, type, data: values[index]! })),
      rowGroupSize: ROW_GROUP,
    });
    values = columns.map(() => []);
  };
  for (const row of database.query(`SELECT * FROM ${table}${condition(table, flows)} ORDER BY id`).rows) {
    for (const [index, { type }] of columns.entries()) values[index]!.push(columnValue(row[index], type));
    if (values[0]!.length === ROW_GROUP) flush();
  }
  if (values[0]!.length > 0) flush();
  writer.finish();
}

/** `flows` are numbers that chooseFlows has checked. */
function condition(table: (typeof TABLES)[number], flows: readonly number[] | null): string {
  if (flows === null) return "";
  const list = flows.join(",");
  if (table === "flows") return ` WHERE id IN (${list})`;
  if (table === "segments") return ` WHERE flow_id IN (${list})`;
  return ` WHERE id IN (SELECT finding_id FROM finding_flow_links WHERE flow_id IN (${list}))`;
}

function columnsOf(database: OpenDatabase, table: string): Column[] {
  return database
    .selectAll("SELECT name, type FROM pragma_table_info(:table)", { table })
    .map(({ name, type }) => ({
      name: String(name),
      type: type === "INTEGER" ? "INT64" : type === "REAL" ? "DOUBLE" : "STRING",
    }));
}

function columnValue(value: unknown, type: Column["type"]): unknown {
  if (value === null || value === undefined) return null;
  return type === "INT64" && typeof value === "number" ? BigInt(value) : value;
}
