import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AnalyzeError } from "../errors.js";

/**
 * Chunks, each with room for `chunkBytes`, in an unlinked temporary file, by index: it has room for as many as were in it at one time. Throws
 * AnalyzeError DATABASE_WRITE when the temporary folder cannot be written.
 */
export class ChunkFile {
  readonly chunkBytes: number;
  #file = -1;
  /** Where chunks lie, in chunks from the file's beginning, and places that are free again. */
  readonly #places = new Map<number, number>();
  readonly #freePlaces: number[] = [];

  constructor(chunkBytes: number) {
    this.chunkBytes = chunkBytes;
  }

  /** Chunks that the file has room for. */
  get places(): number {
    return this.#places.size + this.#freePlaces.length;
  }

  /** Whether chunk `index` lies there. */
  has(index: number): boolean {
    return this.#places.has(index);
  }

  /** Fills `bytes` with what was written of chunk `index`, `from` octets behind its beginning on. */
  read(index: number, bytes: Uint8Array, from = 0): void {
    const place = this.#places.get(index);
    const length =
      place === undefined ? 0 : readSync(this.#file, bytes, 0, bytes.length, place * this.chunkBytes + from);
    if (length !== bytes.length)
      throw new Error(`flow state of chunk ${index} is gone from the temporary file`);
  }

  /** Writes chunk `index`: at most `chunkBytes`. */
  write(index: number, bytes: Uint8Array): void {
    try {
      if (this.#file < 0) this.#file = openUnlinked();
      const place = this.#places.get(index) ?? this.#freePlaces.pop() ?? this.#places.size;
      this.#places.set(index, place);
      const start = place * this.chunkBytes;
      let done = 0;
      while (done < bytes.length)
        done += writeSync(this.#file, bytes, done, bytes.length - done, start + done);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new AnalyzeError(
        "DATABASE_WRITE",
        `The temporary folder ${tmpdir()} cannot be written: ${reason}.`,
        { cause: error },
      );
    }
  }

  /** Chunk `index` is not needed there any longer: others may lie in its place. */
  leave(index: number): void {
    const place = this.#places.get(index);
    if (place === undefined) return;
    this.#places.delete(index);
    this.#freePlaces.push(place);
  }

  close(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
  }
}

/** Unlinked while open: the kernel frees it however the process ends. */
function openUnlinked(): number {
  const folder = mkdtempSync(join(tmpdir(), "tcptrace-analyze-"));
  const file = openSync(join(folder, "flows"), "w+");
  rmSync(folder, { recursive: true });
  return file;
}
