import Database from "better-sqlite3";
import { createDatabase, PAGE_BYTES } from "./create-database.js";

/** Tables that are not copied as they are: one is filled already, of the other only a part is wanted. */
const LEFT_OUT = ["tcp_flags", "labels", "segments"];

/** Makes at `target` a copy of the database `from` that keeps only the segments of flows with a finding. */
export function copyFlagged(from: string, target: string): void {
  createDatabase(target, PAGE_BYTES);
  const database = new Database(target);
  try {
    database.pragma("journal_mode = OFF");
    database.pragma("synchronous = OFF");
    // All was checked in `from`; without the check SQLite copies whole records.
    database.pragma("foreign_keys = OFF");
    database.prepare("ATTACH DATABASE ? AS spool").run(from);
    const tables = database
      .prepare<[], string>("SELECT name FROM main.sqlite_schema WHERE type = 'table'")
      .pluck()
      .all();
    database.exec("BEGIN");
    for (const table of tables) {
      if (!LEFT_OUT.includes(table)) database.exec(`INSERT INTO main.${table} SELECT * FROM spool.${table}`);
    }
    database.exec(
      `INSERT INTO main.segments SELECT * FROM spool.segments
       WHERE flow_id IN (SELECT flow_id FROM spool.finding_flow_links) ORDER BY id`,
    );
    database.exec("COMMIT");
  } finally {
    database.close();
  }
}
