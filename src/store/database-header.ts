import { closeSync, openSync, readSync, statSync } from "node:fs";
import { APPLICATION_ID } from "./create-database.js";

/** First octets of every SQLite database. https://www.sqlite.org/fileformat2.html section 1.3 */
const MAGIC = "SQLite format 3\0";
const HEADER_BYTES = 100;
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

/** What stands at a path: nothing, something that is not ours, or a database of ours with its `user_version`. */
export type Identity =
  | { readonly is: "missing" }
  | { readonly is: "foreign" }
  | { readonly is: "ours"; readonly version: number };

/** Looks at the file's first 100 octets without SQLite, so that nothing there can be touched. */
export function identify(path: string): Identity {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return { is: "missing" };
  // Opening a pipe or a device could wait for ever.
  if (!status.isFile()) return { is: "foreign" };
  const header = Buffer.alloc(HEADER_BYTES);
  const fd = openSync(path, "r");
  try {
    if (readSync(fd, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return { is: "foreign" };
  } finally {
    closeSync(fd);
  }
  const isOurs =
    header.toString("latin1", 0, MAGIC.length) === MAGIC &&
    header.readUInt32BE(APPLICATION_ID_AT) === APPLICATION_ID;
  return isOurs ? { is: "ours", version: header.readUInt32BE(USER_VERSION_AT) } : { is: "foreign" };
}
