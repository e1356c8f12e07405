import { InteriorLevels } from "./interior-levels.js";
import { PageBuilder, TABLE_INTERIOR, TABLE_LEAF, type TreeFile } from "./page-builder.js";
import { putVarint, varintLength } from "./varint.js";

/** A leaf keeps up to this many octets less than a page of a record; longer ones overflow. File format, section 1.6. */
const OVERFLOW_MARGIN_BYTES = 35;

/** What stands above a table's leaves. */
export interface TreeTop {
  /** Whether there are no leaves yet. */
  readonly isEmpty: boolean;
  /** Adds a finished leaf; `keys[keyAt, keyEnd)` is the varint of its last rowid. */
  add(leaf: number, keys: Uint8Array, keyAt: number, keyEnd: number): void;
  /** Ends the tree with `leaf` behind all. */
  finish(leaf: number, rootPage: number): void;
}

/** Takes records in the order of their rowids; they are written in place. */
export interface RecordSink {
  /** Where records are written; always the same array. */
  readonly bytes: Uint8Array;
  /** Rowid of the last row ended; 0 when there is none. */
  readonly lastRowid: number;
  /** Begins the row `rowid`, above the last, and returns where its record begins; `sizeBytes` as TableWriter's. */
  begin(rowid: number, sizeBytes: number): number;
  /** Ends the row begun last; its record ends at `recordEnd`. */
  end(recordEnd: number): void;
}

/**
 * Writes the rows of one table in rowid order as b-tree pages, without SQLite. A record is written in place:
 * `begin` says where in `bytes` its octets go, `end` takes them into the page.
 * https://www.sqlite.org/fileformat2.html section 1.6
 */
export class TableWriter implements RecordSink {
  /** Where records are written; always the same array. */
  readonly bytes: Uint8Array;
  /** The same memory as `bytes`. */
  readonly view: DataView;
  readonly #file: TreeFile;
  readonly #rootPage: number;
  readonly #leaf: PageBuilder;
  readonly #interior: TreeTop;
  readonly #key = new Uint8Array(9);
  readonly #maxRecordBytes: number;
  #lastRowid = 0;
  #rowid = 0;
  #sizeBytes = 0;
  #recordAt = 0;

  /** `rootPage` is the table's sqlite_schema.rootpage; the table is empty. Its rowids are above `lastRowid`. */
  constructor(
    file: TreeFile,
    rootPage: number,
    lastRowid = 0,
    interior: TreeTop = new InteriorLevels(file, TABLE_INTERIOR),
  ) {
    this.#file = file;
    this.#rootPage = rootPage;
    this.#lastRowid = lastRowid;
    this.#leaf = new PageBuilder(TABLE_LEAF, file.pageSize);
    this.#interior = interior;
    this.bytes = this.#leaf.cells;
    this.view = this.#leaf.view;
    this.#maxRecordBytes = file.pageSize - OVERFLOW_MARGIN_BYTES;
  }

  /** Rowid of the last row ended; 0 when there is none. */
  get lastRowid(): number {
    return this.#lastRowid;
  }

  /**
   * Begins the row `rowid`, larger than the last one and below 2^53, and returns where its record begins in `bytes`.
   * `sizeBytes` guesses the varint of the record's length: 1 below 128 octets, else 2; a wrong guess costs a move.
   */
  begin(rowid: number, sizeBytes: number): number {
    if (rowid <= this.#lastRowid) throw new RangeError(`row ${rowid} after row ${this.#lastRowid}`);
    this.#rowid = rowid;
    this.#sizeBytes = sizeBytes;
    this.#recordAt = putVarint(this.bytes, this.#leaf.end + sizeBytes, rowid);
    return this.#recordAt;
  }

  /** Ends the row begun last; its record ends at `recordEnd` in `bytes`. */
  end(recordEnd: number): void {
    const leaf = this.#leaf;
    const length = recordEnd - this.#recordAt;
    if (length > this.#maxRecordBytes) {
      throw new RangeError(`a record of ${length} octets; at most ${this.#maxRecordBytes} fit in a page`);
    }
    let cellEnd = recordEnd;
    const sizeBytes = varintLength(length);
    if (sizeBytes !== this.#sizeBytes) {
      leaf.cells.copyWithin(leaf.end + sizeBytes, leaf.end + this.#sizeBytes, recordEnd);
      cellEnd += sizeBytes - this.#sizeBytes;
    }
    putVarint(leaf.cells, leaf.end, length);
    if (leaf.fits(cellEnd - leaf.end)) leaf.add(cellEnd);
    else this.#startLeaf(cellEnd);
    this.#lastRowid = this.#rowid;
  }

  /** Writes the last pages; the table is whole when the file is finished. */
  finish(): void {
    if (this.#interior.isEmpty) this.#leaf.emitAt(this.#file, this.#rootPage, 0);
    else this.#interior.finish(this.#leaf.emit(this.#file, 0), this.#rootPage);
  }

  #startLeaf(cellEnd: number): void {
    const leaf = this.#leaf;
    const pageNumber = leaf.emit(this.#file, 0);
    this.#interior.add(pageNumber, this.#key, 0, putVarint(this.#key, 0, this.#lastRowid));
    leaf.restartWith(leaf.end, cellEnd);
  }
}

/** Appends a whole record, which stands from `at` to `end` in `bytes`, as the row `rowid`. */
export function copyRecord(
  table: TableWriter,
  rowid: number,
  bytes: Uint8Array,
  at: number,
  end: number,
): void {
  const length = end - at;
  const target = table.begin(rowid, varintLength(length));
  table.bytes.set(bytes.subarray(at, end), target);
  table.end(target + length);
}
