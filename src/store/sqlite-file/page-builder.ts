import { putUnsigned32BigEndian } from "./big-endian.js";

/** Page types, https://www.sqlite.org/fileformat2.html section 1.6. */
export const INDEX_INTERIOR = 0x02;
export const TABLE_INTERIOR = 0x05;
export const INDEX_LEAF = 0x0a;
export const TABLE_LEAF = 0x0d;

/** Octets of a page header: interior pages have a right-most pointer more. Section 1.6. */
export const LEAF_HEADER_BYTES = 8;
export const INTERIOR_HEADER_BYTES = 12;
/** Octets of the child's page number in front of each interior cell. */
export const CHILD_BYTES = 4;
/** Octets of one entry of the cell pointer array. */
const CELL_POINTER_BYTES = 2;

/** Where pages are put one behind the other. */
export interface PageAppender {
  /** Memory of the page allocated last, from `allocatedAt` on. */
  readonly buffer: Uint8Array;
  readonly allocatedAt: number;
  /** Adds a page and returns its number. */
  allocate(): number;
}

/** Where a page is put in the place of one that exists. */
export interface PageTarget {
  overwrite(pageNumber: number, page: Uint8Array): void;
}

/** Where a b-tree grows. */
export interface TreeFile extends PageAppender, PageTarget {
  readonly pageSize: number;
}

/**
 * One b-tree page in the making. A page has its header and cell pointers in front and its cells at the end, so where
 * a cell comes to lie is known only when the page is full: cells are gathered in `cells` from offset 0 and moved
 * there as one block. Cells are written in place: put one at `end`, then `add` it or begin the next page with it.
 */
export class PageBuilder {
  /** Twice a page, so that a cell of up to a page can always be written at `end`, also when it will not fit. */
  readonly cells: Uint8Array;
  /** The same memory as `cells`. */
  readonly view: DataView;
  readonly #type: number;
  readonly #pageSize: number;
  readonly #headerBytes: number;
  readonly #starts: Uint32Array;
  #count = 0;
  #end = 0;

  constructor(type: number, pageSize: number) {
    this.#type = type;
    this.#pageSize = pageSize;
    this.#headerBytes =
      type === TABLE_LEAF || type === INDEX_LEAF ? LEAF_HEADER_BYTES : INTERIOR_HEADER_BYTES;
    this.cells = new Uint8Array(2 * pageSize);
    this.view = new DataView(this.cells.buffer);
    this.#starts = new Uint32Array(pageSize);
  }

  /** Offset in `cells` behind the last cell. */
  get end(): number {
    return this.#end;
  }

  get count(): number {
    return this.#count;
  }

  /** Offset in `cells` of the last cell. */
  get lastStart(): number {
    return this.#starts[this.#count - 1]!;
  }

  /** Whether a further cell of `length` octets fits in the page. */
  fits(length: number): boolean {
    return this.#headerBytes + CELL_POINTER_BYTES * (this.#count + 1) + this.#end + length <= this.#pageSize;
  }

  /** Makes the octets from `end` to `cellEnd` the next cell. */
  add(cellEnd: number): void {
    this.#starts[this.#count++] = this.#end;
    this.#end = cellEnd;
  }

  /** Takes the last cell off the page; its octets stay in `cells` from `end` on until the next is written. */
  removeLast(): void {
    this.#end = this.#starts[--this.#count]!;
  }

  /** Empties the page. */
  clear(): void {
    this.#count = 0;
    this.#end = 0;
  }

  /** Empties the page and makes the octets from `start` to `end` of `cells` its first cell. */
  restartWith(start: number, end: number): void {
    this.cells.copyWithin(0, start, end);
    this.clear();
    this.add(end - start);
  }

  /** Octets of the page that its cells take, their pointers included. */
  get usedBytes(): number {
    return this.#end + CELL_POINTER_BYTES * this.#count;
  }

  /** Appends the page to the file and returns its number; `rightMost` is the last child of an interior page, else 0. */
  emit(file: PageAppender, rightMost: number): number {
    const pageNumber = file.allocate();
    this.#layOut(file.buffer, file.allocatedAt, rightMost);
    return pageNumber;
  }

  /** Writes the page in the place of page `pageNumber`, which exists: a root page keeps the number SQLite gave it. */
  emitAt(file: PageTarget, pageNumber: number, rightMost: number): void {
    const page = new Uint8Array(this.#pageSize);
    this.#layOut(page, 0, rightMost);
    file.overwrite(pageNumber, page);
  }

  #layOut(target: Uint8Array, at: number, rightMost: number): void {
    const contentAt = this.#pageSize - this.#end;
    target[at] = this.#type;
    target[at + 1] = 0;
    target[at + 2] = 0;
    target[at + 3] = this.#count >> 8;
    target[at + 4] = this.#count;
    // 65536 does not fit; the format writes it as 0.
    target[at + 5] = contentAt >> 8;
    target[at + 6] = contentAt;
    target[at + 7] = 0;
    if (this.#headerBytes === INTERIOR_HEADER_BYTES) putUnsigned32BigEndian(target, at + 8, rightMost);
    let pointerAt = at + this.#headerBytes;
    const starts = this.#starts;
    for (let cell = 0; cell < this.#count; cell++) {
      const cellAt = contentAt + starts[cell]!;
      target[pointerAt] = cellAt >> 8;
      target[pointerAt + 1] = cellAt;
      pointerAt += CELL_POINTER_BYTES;
    }
    // The buffer held another page before.
    target.fill(0, pointerAt, at + contentAt);
    target.set(this.cells.subarray(0, this.#end), at + contentAt);
  }
}
