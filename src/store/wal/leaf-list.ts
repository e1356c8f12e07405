import type { TreeFile } from "../sqlite-file/page-builder.js";
import type { TreeTop } from "../sqlite-file/table-writer.js";
import { readVarint } from "../sqlite-file/varint.js";

/** Pages of one piece of memory. */
const CHUNK_PAGES = 128;

/** The leaves of a table in memory, where TableWriter puts them, before it is known which pages they become. */
export class LeafList implements TreeFile, TreeTop {
  readonly pageSize: number;
  /** There are always rows when it ends. */
  readonly isEmpty = false;
  readonly #chunks: Uint8Array[] = [];
  /** The last rowid of each; that of the last one comes with `finish`. */
  readonly #lastRowids: number[] = [];
  #allocated = 0;

  constructor(pageSize: number) {
    this.pageSize = pageSize;
  }

  /** Leaves, when it has ended. */
  get length(): number {
    return this.#lastRowids.length;
  }

  get buffer(): Uint8Array {
    return this.#chunks[Math.floor((this.#allocated - 1) / CHUNK_PAGES)]!;
  }

  get allocatedAt(): number {
    return ((this.#allocated - 1) % CHUNK_PAGES) * this.pageSize;
  }

  allocate(): number {
    if (this.#allocated === this.#chunks.length * CHUNK_PAGES)
      this.#chunks.push(new Uint8Array(CHUNK_PAGES * this.pageSize));
    return ++this.#allocated;
  }

  /** A table of leaves has no page yet that could be written over. */
  overwrite(): never {
    throw new Error("a list of leaves has no root");
  }

  add(_leaf: number, keys: Uint8Array, keyAt: number): void {
    this.#lastRowids.push(readVarint(keys, keyAt));
  }

  finish(): void {
    this.#lastRowids.push(Number.POSITIVE_INFINITY);
  }

  /** The last rowid of the leaf at `index`; infinite for the last one. */
  lastRowid(index: number): number {
    return this.#lastRowids[index]!;
  }

  /** The page of the leaf at `index`, valid until `clear`. */
  page(index: number): Uint8Array {
    const at = (index % CHUNK_PAGES) * this.pageSize;
    return this.#chunks[Math.floor(index / CHUNK_PAGES)]!.subarray(at, at + this.pageSize);
  }

  /** Empties it; its memory is used again. */
  clear(): void {
    this.#allocated = 0;
    this.#lastRowids.length = 0;
  }
}
