import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { LABELS } from "../flows/labels/label.js";
import { formatFlags } from "../tcp/flags.js";

/** `PRAGMA application_id` of our databases: "tcpa" in ASCII. */
export const APPLICATION_ID = 0x74637061;
/** `PRAGMA user_version`: grows with every change of the tables. */
export const SCHEMA_VERSION = 5;

/** Octets of a page; docs/adr/0001-write-sqlite-pages-directly.md says why. */
export const PAGE_BYTES = 8192;

/** Where SQLite put the b-trees that are filled without it: sqlite_schema.rootpage. */
export interface RootPages {
  readonly segments: number;
  readonly segmentsFlowId: number;
  readonly flows: number;
  readonly repeatedSegments: number;
  readonly flowStatistics: number;
}

/** Values of the nine control bits. */
const FLAG_SETS = 512;

/** Makes a database at `path` with all tables and views, empty but for `tcp_flags` and `labels`, and closes it. */
export function createDatabase(path: string, pageBytes: number): RootPages {
  const database = new Database(path);
  try {
    database.pragma(`page_size = ${pageBytes}`);
    // Pages that move by themselves would need pointer-map pages.
    database.pragma("auto_vacuum = NONE");
    database.pragma("journal_mode = OFF");
    database.pragma("synchronous = OFF");
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${SCHEMA_VERSION}`);
    database.exec("BEGIN");
    database.exec(readFileSync(new URL("./schema.sql", import.meta.url), "utf8"));
    database.exec(readFileSync(new URL("./views.sql", import.meta.url), "utf8"));
    const insertFlags = database.prepare("INSERT INTO tcp_flags (value, letters) VALUES (?, ?)");
    for (let value = 0; value < FLAG_SETS; value++) insertFlags.run(value, formatFlags(value));
    const insertLabel = database.prepare("INSERT INTO labels (bit, name) VALUES (?, ?)");
    for (const { bit, name } of LABELS) insertLabel.run(bit, name);
    database.exec("COMMIT");
    const rootPage = database
      .prepare<[string], number>("SELECT rootpage FROM sqlite_schema WHERE name = ?")
      .pluck();
    const rootPageOf = (name: string): number => {
      const page = rootPage.get(name);
      if (page === undefined) throw new Error(`schema.sql makes no ${name}`);
      return page;
    };
    return {
      segments: rootPageOf("segments"),
      segmentsFlowId: rootPageOf("segments_flow_id"),
      flows: rootPageOf("flows"),
      flowStatistics: rootPageOf("flow_statistics"),
      repeatedSegments: rootPageOf("repeated_segments"),
    };
  } finally {
    database.close();
  }
}
