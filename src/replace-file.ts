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
  try {
    // A pipe that a shell hands over as /dev/fd/63 is a link to nowhere.
    if (isSpecial(path)) writeAll(path, pieces);
    else replaceRegular(throughLink(resolve(path)), pieces);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error && "code" in error)) throw error;
    throw new AnalyzeError(code, `cannot write ${what} ${path}: ${whyNotWritten(String(error.code))}`, {
      cause: error,
    });
  }
}

function replaceRegular(target: string, pieces: Iterable<string>): void {
  const name = `.${basename(target)}.${process.pid}-${randomBytes(4).toString("hex")}`;
  const scratch = join(dirname(target), name);
  try {
    writeAll(scratch, pieces);
    renameSync(scratch, target);
  } catch (error) {
    rmSync(scratch, { force: true });
    throw error;
  }
}

function writeAll(path: string, pieces: Iterable<string>): void {
  const file = openSync(path, "w");
  try {
    let pending = "";
    for (const piece of pieces) {
      pending += piece;
      if (pending.length < PIECE_LENGTH) continue;
      writeWhole(file, pending);
      pending = "";
    }
    writeWhole(file, pending);
  } finally {
    closeSync(file);
  }
}

/** A write may take a part only. */
function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
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
