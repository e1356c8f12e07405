import Database from "better-sqlite3";

/**
 * Copies all rows of the database at `path` with the constraints of its tables checked, and throws SQLite's words for the
 * first row that breaks one. PRAGMA integrity_check overlooks some.
 */
export function copyChecked(path: string): void {
  const copy = new Database(":memory:");
  try {
    copy.prepare("ATTACH DATABASE ? AS original").run(path);
    const tables = copy
      .prepare<[], { name: string; sql: string }>(
        "SELECT name, sql FROM original.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
      )
      .all();
    for (const { sql } of tables) copy.exec(sql);
    copy.pragma("foreign_keys = OFF");
    // Without a condition SQLite would take whole records over unseen.
    for (const { name } of tables)
      copy.exec(`INSERT INTO main.${name} SELECT * FROM original.${name} WHERE true`);
  } finally {
    copy.close();
  }
}
