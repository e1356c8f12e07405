import { type EntrySink, mergeRuns } from "./merge-runs.js";
import type { WriteFunction } from "./page-file.js";
import { SortColumns } from "./radix-sort.js";
import { RunReader, type StoredRun } from "./run-reader.js";
import { ScratchFile } from "./scratch-file.js";

/** Keys sorted at a time: 16 MB of columns. */
const BLOCK_KEYS = 1 << 20;
/** Entries that all windows of the merge hold together (8 octets each), and the least that one holds. */
const MERGE_ENTRIES = 1 << 20;
const LEAST_WINDOW_ENTRIES = 1 << 10;

/** What tests change. */
export interface RunSorterOptions {
  readonly blockKeys?: number;
  readonly mergeEntries?: number;
  readonly write?: WriteFunction;
}

/**
 * Sorts the keys of rows 1, 2, 3 … in bounded memory: blocks are sorted and spilled to a scratch file as runs,
 * which are merged at the end. Equal keys come out in row order.
 */
export class RunSorter {
  readonly #file: ScratchFile;
  readonly #blockKeys: number;
  readonly #mergeEntries: number;
  readonly #columns: SortColumns;
  readonly #runs: StoredRun[] = [];
  #blockLength = 0;
  #spilledKeys = 0;

  /** `path` is the scratch file's; it is made when a first block is full. */
  constructor(path: string, options: RunSorterOptions = {}) {
    this.#file = new ScratchFile(path, options.write);
    this.#blockKeys = options.blockKeys ?? BLOCK_KEYS;
    this.#mergeEntries = options.mergeEntries ?? MERGE_ENTRIES;
    this.#columns = new SortColumns(this.#blockKeys);
  }

  /** Adds the keys of the next `length` rows. */
  add(keys: Uint32Array, length: number): void {
    for (let from = 0; from < length; ) {
      const count = Math.min(length - from, this.#blockKeys - this.#blockLength);
      this.#columns.keys.set(keys.subarray(from, from + count), this.#blockLength);
      this.#blockLength += count;
      from += count;
      if (this.#blockLength === this.#blockKeys) this.#spill();
    }
  }

  /** Gives all entries to `sink` in ascending order; nothing may be added afterwards. */
  drainTo(sink: EntrySink): void {
    if (!this.#file.exists) {
      this.#drainBlock(sink);
      return;
    }
    if (this.#blockLength > 0) this.#spill();
    const windowEntries = Math.max(LEAST_WINDOW_ENTRIES, Math.floor(this.#mergeEntries / this.#runs.length));
    mergeRuns(
      this.#runs.map((run) => new RunReader(this.#file, run, windowEntries)),
      sink,
    );
  }

  /** Removes the scratch file; safe to call at any time and twice. */
  close(): void {
    this.#file.close();
  }

  #drainBlock(sink: EntrySink): void {
    this.#columns.sort(this.#blockLength);
    const { keys, rows } = this.#columns;
    for (let entry = 0; entry < this.#blockLength; entry++) sink.add(keys[entry]!, rows[entry]! + 1);
  }

  #spill(): void {
    const length = this.#blockLength;
    this.#columns.sort(length);
    const fileAt = this.#spilledKeys * 2 * Uint32Array.BYTES_PER_ELEMENT;
    this.#runs.push({ fileAt, length, firstRowid: this.#spilledKeys + 1 });
    this.#store(this.#columns.keys, length, fileAt);
    this.#store(this.#columns.rows, length, fileAt + length * Uint32Array.BYTES_PER_ELEMENT);
    this.#spilledKeys += length;
    this.#blockLength = 0;
  }

  #store(column: Uint32Array, length: number, fileAt: number): void {
    this.#file.write(new Uint8Array(column.buffer), length * Uint32Array.BYTES_PER_ELEMENT, fileAt);
  }
}
