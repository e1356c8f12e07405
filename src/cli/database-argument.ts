import { readConfig } from "../config.js";
import { DEFAULT_DATABASE } from "../default-database.js";
import { AnalyzeError } from "../errors.js";
import { rules } from "../rules/index.js";
import { type OpenDatabase, openDatabase } from "../store/open-database.js";

export interface DatabaseArguments {
  readonly db?: string;
  readonly config?: string;
}

/** Opens the database that the user means, lets `use` work with it and closes it. */
export async function withDatabase<Result>(
  given: DatabaseArguments,
  use: (database: OpenDatabase) => Promise<Result>,
): Promise<Result> {
  const path = given.db ?? readConfig(given.config, rules).db ?? DEFAULT_DATABASE;
  const database = openNamed(path);
  try {
    return await use(database);
  } finally {
    database.close();
  }
}

function openNamed(path: string): OpenDatabase {
  if (path === ":memory:") {
    throw new AnalyzeError("DATABASE_NOT_FOUND", "An analysis with --db :memory: keeps no database to read.");
  }
  try {
    return openDatabase(path);
  } catch (error) {
    if (!(error instanceof AnalyzeError) || error.code !== "DATABASE_NOT_FOUND") throw error;
    const advice = "analyse a capture first, or name another with --db";
    throw new AnalyzeError(error.code, `${error.message}; ${advice}`, { cause: error });
  }
}
