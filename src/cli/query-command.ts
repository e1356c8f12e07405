import { csvLines } from "../report/csv.js";
import { jsonRowLines } from "../report/json-rows.js";
import { tableLines } from "../report/table.js";
import type { QueryResult } from "../store/query.js";
import { type DatabaseArguments, withDatabase } from "./database-argument.js";
import { EXIT_CLEAN } from "./exit-code.js";
import { Output, terminalColumns, withLineEnds } from "./output.js";

export interface QueryArguments extends DatabaseArguments {
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** Prints the rows of one SQL statement as they come; returns the exit code. */
export async function runQuery(sql: string, given: QueryArguments): Promise<number> {
  await withDatabase(given, async (database) => {
    await new Output(process.stdout).write(format(database.query(sql), given));
  });
  return EXIT_CLEAN;
}

function format(result: QueryResult, { json, csv }: QueryArguments): Iterable<string> {
  if (csv) return csvLines(result, process.stdout.isTTY);
  if (json) return withLineEnds(jsonRowLines(result));
  return withLineEnds(tableLines(result, terminalColumns(process.stdout) ?? Number.POSITIVE_INFINITY));
}
