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

/** The tables whose file name is the capture's with `suffix` behind it, of the captures in `folders`. */
export function* corpusTables(folders: readonly string[], suffix: string): Generator<CorpusTable> {
  if (!IS_PRESENT) return;
  for (const folder of folders) {
    for (const file of readdirSync(join(ORACLE, folder)).sort()) {
      if (!file.endsWith(suffix)) continue;
      const capture = basename(file, suffix);
      const bytes = readFileSync(join(ORACLE, folder, file));
      const text = (suffix.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
      const lines = text.split("\n").filter((line) => line !== "");
      const rows = lines.slice(1).map((line) => line.split("\t"));
      yield { name: `${folder}/${capture}`, capturePath: join(FOLDER, folder, capture), rows };
    }
  }
}
