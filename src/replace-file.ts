import { randomBytes } from "node:crypto";
import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { AnalyzeError, type ErrorCode, whyNotWritten } from "./errors.js";

/** Characters gathered before they are written: a write per line would be slow. */
const PIECE_LENGTH = 1 << 16;

/**
 * Writes a file that is there whole or not at all: under a temporary name beside `path`, then renamed. What a symbolic
 * link stands for is replaced, not the link; a pipe or a device is written to as it is.
 * @param what for the sentence, such as `the report`
 * @throws AnalyzeError `code` with a sentence when the system refuses; the file before is then untouched
 */
export function replaceFile(path: string, pieces: Iterable<string>, what: string, code: ErrorCode): void {
  let replacement: FileReplacement | null = null;
  try {
    for (const text of gathered(pieces)) {
      // Only now: the text may take long to make, and a program that is ended meanwhile leaves no scratch file.
      replacement ??= new FileReplacement(path, what, code);
      replacement.write(Buffer.from(text));
    }
    replacement?.commit();
  } finally {
    replacement?.close();
  }
}

/** The pieces put together to ones that are worth a write; one at least, which may be empty. */
function* gathered(pieces: Iterable<string>): Generator<string, void, undefined> {
  let pending = "";
  for (const piece of pieces) {
    pending += piece;
    if (pending.length < PIECE_LENGTH) continue;
    yield pending;
    pending = "";
  }
  yield pending;
}

/** A file in the making, see replaceFile; its methods throw as that does. */
export class FileReplacement {
  readonly #path: string;
  readonly #what: string;
  readonly #code: ErrorCode;
  readonly #target: string;
  /** The temporary name; null when the target is written to as it is, and when all is done. */
  #scratch: string | null;
  readonly #file: number;
  #isOpen = true;

  constructor(path: string, what: string, code: ErrorCode) {
    this.#path = path;
    this.#what = what;
    this.#code = code;
    // A pipe that a shell hands over as /dev/fd/63 is a link to nowhere.
    this.#target = isSpecial(path) ? path : throughLink(resolve(path));
    const name = `.${basename(this.#target)}.${process.pid}-${randomBytes(4).toString("hex")}`;
    this.#scratch = isSpecial(this.#target) ? null : join(dirname(this.#target), name);
    this.#file = this.#attempt(() => openSync(this.#scratch ?? this.#target, "w"));
  }

  write(bytes: Uint8Array): void {
    // A write may take a part only.
    this.#attempt(() => {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
    });
  }

  /** Puts the file in its place. */
  commit(): void {
    this.#attempt(() => {
      this.#isOpen = false;
      closeSync(this.#file);
      if (this.#scratch !== null) renameSync(this.#scratch, this.#target);
      this.#scratch = null;
    });
  }

  /** Without `commit` before it leaves everything as it was. Safe to call twice. */
  close(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
    if (this.#scratch !== null) rmSync(this.#scratch, { force: true });
  }

  #attempt<Result>(act: () => Result): Result {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof Error && "syscall" in error && "code" in error)) throw error;
      const reason = whyNotWritten(String(error.code));
      throw new AnalyzeError(this.#code, `cannot write ${this.#what} ${this.#path}: ${reason}`, {
        cause: error,
      });
    }
  }
}

function throughLink(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isSpecial(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile();
}
