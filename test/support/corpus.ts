import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";

/**
 * A folder of captures that others made, with what other tools say of them under `oracle/`. Their licences differ,
 * so it is no part of the repository: the environment variable names it, and without it these tests are skipped.
 */
const FOLDER = process.env["TCPTRACE_CORPUS"] ?? join(import.meta.dirname, "../../../shared/corpus");

const ORACLE = join(FOLDER, "oracle");
const IS_PRESENT = existsSync(ORACLE);

/** A capture and the table that another tool made of it. */
export interface CorpusTable {
  /** `tcp/NAME`: where the capture lies in the corpus. */
  readonly name: string;
  readonly capturePath: string;
  /** Cells of each row after the header row. */
  readonly rows: readonly (readonly string[])[];
}

/** Mocha's describe, pending with the reason in its title where there is no corpus. */
export function describeCorpus(title: string, body: () => void): void {
  if (IS_PRESENT) describe(title, body);
  else describe.skip(`${title} (TCPTRACE_CORPUS names no folder of captures)`, body);
}

/** Says whether there is a corpus; if not, the functions below give nothing. */
export function hasCorpus(): boolean {
  return IS_PRESENT;
}

/** Names (`tcp/NAME`) of the captures in `folders` that have a table with this suffix behind their name. */
export function corpusNames(folders: readonly string[], suffix: string): string[] {
  if (!IS_PRESENT) return [];
  return folders.flatMap((folder) =>
    readdirSync(join(ORACLE, folder))
      .filter((file) => file.endsWith(suffix))
      .sort()
      .map((file) => `${folder}/${basename(file, suffix)}`)
      // Some tables are of captures that the corpus has no longer.
      .filter((name) => existsSync(corpusCapture(name))),
  );
}

/** Where the capture of this name lies. */
export function corpusCapture(name: string): string {
  return join(FOLDER, name);
}

/** The text of the table with this suffix behind the capture's name; null when there is none. */
export function corpusText(name: string, suffix: string): string | null {
  const path = join(ORACLE, name + suffix);
  if (!existsSync(path)) return null;
  const bytes = readFileSync(path);
  return (suffix.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** The tables whose file name is the capture's with `suffix` behind it, of the captures in `folders`. */
export function* corpusTables(folders: readonly string[], suffix: string): Generator<CorpusTable> {
  for (const name of corpusNames(folders, suffix)) {
    const lines = corpusText(name, suffix)!
      .split("\n")
      .filter((line) => line !== "");
    const rows = lines.slice(1).map((line) => line.split("\t"));
    yield { name, capturePath: corpusCapture(name), rows };
  }
}
