import Database from "better-sqlite3";

/** Makes an SQLite database of `pageBytes` pages with `schema` in it, and returns the root page of each table and index. */
export function createEmptyDatabase(path: string, pageBytes: number, schema: string): Map<string, number> {
  const database = new Database(path);
  database.pragma(`page_size = ${pageBytes}`);
  database.exec(schema);
  const rows = database
    .prepare<[], { name: string; rootpage: number }>("SELECT name, rootpage FROM sqlite_schema")
    .all();
  database.close();
  return new Map(rows.map((row) => [row.name, row.rootpage]));
}

/** What SQLite finds wrong with the file: `ok` when nothing. */
export function integrityOf(path: string): string {
  const database = new Database(path, { readonly: true });
  const rows = database.pragma("integrity_check") as { integrity_check: string }[];
  database.close();
  return rows.map((row) => row.integrity_check).join("\n");
}
