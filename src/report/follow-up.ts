import { DEFAULT_DATABASE } from "../default-database.js";
import { printable } from "./printable.js";

/** What POSIX shells take as it stands. */
const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

/**
 * The command that looks further into the database that a report tells of, to be copied into a POSIX shell:
 * `tcptrace-analyze show 17 --db run.db`. Safe to print; a path with characters that cannot be shown must be written by hand.
 */
export function followUp(database: string, command: string): string {
  const place = database === DEFAULT_DATABASE ? "" : ` --db ${shellWord(printable(database))}`;
  return `tcptrace-analyze ${command}${place}`;
}

function shellWord(text: string): string {
  return PLAIN_WORD.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
