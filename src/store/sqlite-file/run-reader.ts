import { readSync } from "node:fs";

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
  readonly #fd: number;
  readonly #run: StoredRun;
  readonly #keys: Uint32Array;
  readonly #rows: Uint32Array;
  /** Entries of the run that were read, entries in the window, and the current one there. */
  #read = 0;
  #filled = 0;
  #current = -1;

  /** `windowEntries` are kept in memory, 8 octets each. Begins before the first entry. */
  constructor(fd: number, run: StoredRun, windowEntries: number) {
    this.#fd = fd;
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
    readWhole(this.#fd, this.#keys, count, keysAt);
    readWhole(this.#fd, this.#rows, count, keysAt + this.#run.length * ENTRY_BYTES);
    this.#read += count;
    this.#filled = count;
    this.#current = 0;
  }
}

function readWhole(fd: number, column: Uint32Array, count: number, fileAt: number): void {
  const length = count * ENTRY_BYTES;
  for (let done = 0; done < length; ) {
    const read = readSync(fd, column, done, length - done, fileAt + done);
    if (read === 0) throw new Error("the scratch file of the index ends too early");
    done += read;
  }
}
