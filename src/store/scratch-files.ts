import { randomBytes } from "node:crypto";
import { mkdtempSync, realpathSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

/** Name of a database that is kept nowhere. */
const NOWHERE = ":memory:";

/** What SQLite puts beside a database and would take for the new one's. */
const SIDECARS = ["-journal", "-wal", "-shm"];

/** The files of a run while its database is not whole yet, beside the target so that a rename suffices. */
export class ScratchFiles {
  /** The database in the making. */
  readonly database: string;
  /** Sorted runs of the index. */
  readonly runs: string;
  /** Flows and repeated segments, until their tables' turn has come. */
  readonly flows: string;
  readonly repeats: string;
  /** The smaller database that `--timeline flagged` copies into. */
  readonly flagged: string;
  readonly #target: string | undefined;
  readonly #folder: string | undefined;

  /** `target` is a path, or `:memory:` for a database in the system's folder for temporary files. */
  constructor(target: string) {
    if (target === NOWHERE) {
      this.#folder = mkdtempSync(join(tmpdir(), "tcptrace-analyze-"));
      this.database = join(this.#folder, "tcptrace.db");
    } else {
      this.#target = throughLink(resolve(target));
      const name = `.${basename(this.#target)}.${process.pid}-${randomBytes(4).toString("hex")}`;
      this.database = join(dirname(this.#target), name);
    }
    this.runs = `${this.database}-runs`;
    this.flows = `${this.database}-flows`;
    this.repeats = `${this.database}-repeats`;
    this.flagged = `${this.database}-flagged`;
  }

  /** Puts the whole database `from`, one of these files, in the target's place and returns where it is now. */
  publish(from: string): string {
    if (from !== this.database) rmSync(this.database, { force: true });
    if (this.#target === undefined) return from;
    renameSync(from, this.#target);
    // Those of the database before; without it they would be read as this one's.
    for (const sidecar of SIDECARS) rmSync(`${this.#target}${sidecar}`, { force: true });
    return this.#target;
  }

  /** Removes all of them, and a database that is kept nowhere; safe to call twice. */
  remove(): void {
    for (const path of [this.database, this.flagged]) {
      rmSync(path, { force: true });
      for (const sidecar of SIDECARS) rmSync(`${path}${sidecar}`, { force: true });
    }
    for (const path of [this.runs, this.flows, this.repeats]) rmSync(path, { force: true });
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The file a symbolic link stands for: renaming onto the link would replace the link. */
function throughLink(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
