import { InteriorLevels } from "./interior-levels.js";
import { INDEX_INTERIOR, INDEX_LEAF, PageBuilder } from "./page-builder.js";
import type { PageFile } from "./page-file.js";
import { putInteger, putUnsigned32 } from "./record-values.js";
import { putVarint, varintLength } from "./varint.js";

/** An entry keeps up to this share of a page of a record; longer ones overflow. File format, section 1.6. */
function maxEntryBytes(pageSize: number): number {
  return Math.floor(((pageSize - 12) * 64) / 255) - 23;
}

/** Octets of the record header: its own length and two serial types. */
const RECORD_HEADER_BYTES = 3;

/**
 * Writes the cell of an index entry at `at` and returns the offset behind it: `key` 0 to 2^32-1, `rowid` 1 to 2^53-1. `view` is of
 * the same memory as `bytes`; up to four octets behind it may be written.
 */
export function putIndexEntry(
  view: DataView,
  bytes: Uint8Array,
  at: number,
  key: number,
  rowid: number,
): number {
  const recordAt = at + 1;
  bytes[recordAt] = RECORD_HEADER_BYTES;
  const keyEnd = putUnsigned32(view, recordAt + 1, recordAt + RECORD_HEADER_BYTES, key);
  const end = putInteger(view, recordAt + 2, keyEnd, rowid);
  bytes[at] = end - recordAt;
  return end;
}

/**
 * Writes an index on one integer column, or a table WITHOUT ROWID, as b-tree pages, without SQLite. Entries are records
 * in ascending order: (key, rowid) of an index, whole rows with the primary key first of such a table. Unlike a rowid
 * table's, an entry that stands in an interior page is in no leaf.
 * https://www.sqlite.org/fileformat2.html sections 1.6 and 2.5
 */
export class IndexWriter {
  readonly #file: PageFile;
  readonly #rootPage: number;
  readonly #leaf: PageBuilder;
  readonly #interior: InteriorLevels;
  #sizeBytes = 0;

  /** `rootPage` is the index's sqlite_schema.rootpage; the index is empty. */
  constructor(file: PageFile, rootPage: number) {
    this.#file = file;
    this.#rootPage = rootPage;
    this.#leaf = new PageBuilder(INDEX_LEAF, file.pageSize);
    this.#interior = new InteriorLevels(file, INDEX_INTERIOR);
  }

  /** Where records are written; always the same array. */
  get bytes(): Uint8Array {
    return this.#leaf.cells;
  }

  /**
   * Begins the next row of a table and returns where its record begins in `bytes`. `sizeBytes` guesses the varint of
   * the record's length: 1 below 128 octets, else 2; a wrong guess costs a move.
   */
  begin(sizeBytes: number): number {
    this.#sizeBytes = sizeBytes;
    return this.#leaf.end + sizeBytes;
  }

  /** Ends the row begun last, which is above the one before; its record ends at `recordEnd` in `bytes`. */
  end(recordEnd: number): void {
    const leaf = this.#leaf;
    const at = leaf.end;
    const length = recordEnd - at - this.#sizeBytes;
    const maxBytes = maxEntryBytes(this.#file.pageSize);
    if (length > maxBytes)
      throw new RangeError(`a record of ${length} octets; at most ${maxBytes} fit in an entry`);
    const sizeBytes = varintLength(length);
    if (sizeBytes !== this.#sizeBytes) {
      leaf.cells.copyWithin(at + sizeBytes, at + this.#sizeBytes, recordEnd);
    }
    putVarint(leaf.cells, at, length);
    const end = at + sizeBytes + length;
    if (leaf.fits(end - at)) leaf.add(end);
    else this.#startLeaf(end);
  }

  /** Adds an entry to an index, not below the last one: `key` 0 to 2^32-1, `rowid` 1 to 2^53-1. */
  add(key: number, rowid: number): void {
    const leaf = this.#leaf;
    const at = leaf.end;
    const end = putIndexEntry(leaf.view, leaf.cells, at, key, rowid);
    if (leaf.fits(end - at)) leaf.add(end);
    else this.#startLeaf(end);
  }

  /** Writes the last pages; the index is whole when the file is finished. */
  finish(): void {
    if (this.#interior.isEmpty) this.#leaf.emitAt(this.#file, this.#rootPage, 0);
    else this.#interior.finish(this.#leaf.emit(this.#file, 0), this.#rootPage);
  }

  /** The last entry of the full leaf goes up as the divider, so that the next leaf is never empty. */
  #startLeaf(end: number): void {
    const leaf = this.#leaf;
    const entryAt = leaf.end;
    const dividerAt = leaf.lastStart;
    leaf.removeLast();
    const pageNumber = leaf.emit(this.#file, 0);
    this.#interior.add(pageNumber, leaf.cells, dividerAt, entryAt);
    leaf.restartWith(entryAt, end);
  }
}
