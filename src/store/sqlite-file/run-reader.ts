import type { ScratchFile } from "./scratch-file.js";

/** A sorted run in a scratch file: all its keys, then all its rows, each 32 bits in the machine's byte order. */
export interface StoredRun {
  readonly fileAt: number;
  readonly length: number;
  /** Rowid of row 0 of the run. */
  readonly firstRowid: number;
}

/** Octets of a key or a row. */
const ENTRY_BYTES = 4;

/** Reads a run from front to back through a small window. */
export class RunReader {
  readonly #file: ScratchFile;
  readonly #run: StoredRun;
  readonly #keys: Uint32Array;
  readonly #rows: Uint32Array;
  /** Entries of the run that were read, entries in the window, and the current one there. */
  #read = 0;
  #filled = 0;
  #current = -1;

  /** `windowEntries` are kept in memory, 8 octets each. Begins before the first entry. */
  constructor(file: ScratchFile, run: StoredRun, windowEntries: number) {
    this.#file = file;
    this.#run = run;
    const entries = Math.min(windowEntries, run.length);
    this.#keys = new Uint32Array(entries);
    this.#rows = new Uint32Array(entries);
  }

  get key(): number {
    return this.#keys[this.#current]!;
  }

  get rowid(): number {
    return this.#run.firstRowid + this.#rows[this.#current]!;
  }

  /** Position of the run in capture order, to put equal keys in order. */
  get firstRowid(): number {
    return this.#run.firstRowid;
  }

  /** Moves to the next entry; false at the end. */
  next(): boolean {
    if (++this.#current < this.#filled) return true;
    if (this.#read === this.#run.length) return false;
    this.#fill();
    return true;
  }

  #fill(): void {
    const count = Math.min(this.#keys.length, this.#run.length - this.#read);
    const keysAt = this.#run.fileAt + this.#read * ENTRY_BYTES;
    this.#file.read(this.#keys, count * ENTRY_BYTES, keysAt);
    this.#file.read(this.#rows, count * ENTRY_BYTES, keysAt + this.#run.length * ENTRY_BYTES);
    this.#read += count;
    this.#filled = count;
    this.#current = 0;
  }
}
