import { putUnsigned32BigEndian, readUnsigned32BigEndian } from "../sqlite-file/big-endian.js";
import { CHILD_BYTES, PageBuilder, TABLE_INTERIOR, TABLE_LEAF } from "../sqlite-file/page-builder.js";
import { putVarint, readVarint, varintLength } from "../sqlite-file/varint.js";
import type { LeafList } from "./leaf-list.js";
import type { LogPages } from "./log-pages.js";
import { cellAt, cellCount, isLeaf, rightMost } from "./tree-page.js";

/** A page of a table's b-tree, and the largest rowid in or below it. */
interface TablePage {
  readonly page: number;
  readonly lastRowid: number;
}

/** The pages that take the place of one, the first of them in its own place. */
type LevelPages = readonly [TablePage, ...TablePage[]];

/**
 * Puts `leaves`, whose last row is `lastRowid`, behind all rows of the table at `rootPage`: of what is there only the last
 * leaf and the interior pages above it are written again.
 */
export function appendLeaves(pages: LogPages, rootPage: number, leaves: LeafList, lastRowid: number): void {
  if (leaves.length === 0) return;
  const top = new TableTop(pages);
  const path = top.rightEdge(rootPage);
  const lastPage = path.at(-1)!;
  const { filled, rest } = fillLeaf(pages.read(lastPage), leaves.page(0), pages.pageSize);
  const filledRowid = lastRowidOf(filled);
  const added: TablePage[] = [];
  const add = (bytes: Uint8Array, index: number): void => {
    added.push({ page: pages.append(bytes), lastRowid: Math.min(leaves.lastRowid(index), lastRowid) });
  };
  if (rest !== null) add(rest, 0);
  for (let index = 1; index < leaves.length; index++) add(leaves.page(index), index);
  if (lastPage !== rootPage) {
    pages.overwrite(lastPage, filled);
    top.append(path.slice(0, -1), filledRowid, added);
  } else if (added.length === 0) {
    pages.overwrite(rootPage, filled);
  } else {
    // The root keeps its number, so what it held moves down.
    const moved = { page: pages.append(filled), lastRowid: filledRowid };
    top.putRoot(rootPage, [moved, ...added]);
  }
}

/** The cells of two leaves of a table: as many as fit in one, the others in a second; null where there are none. */
function fillLeaf(
  leaf: Uint8Array,
  next: Uint8Array,
  pageSize: number,
): { filled: Uint8Array; rest: Uint8Array | null } {
  const builder = new PageBuilder(TABLE_LEAF, pageSize);
  const laidOut: Uint8Array[] = [];
  const target = { overwrite: (_page: number, bytes: Uint8Array) => laidOut.push(bytes) };
  for (const page of [leaf, next]) {
    for (let cell = 0; cell < cellCount(page); cell++) {
      const at = cellAt(page, cell);
      const cellEnd = tableCellEnd(page, at);
      if (!builder.fits(cellEnd - at)) {
        builder.emitAt(target, 0, 0);
        builder.clear();
      }
      builder.cells.set(page.subarray(at, cellEnd), builder.end);
      builder.add(builder.end + cellEnd - at);
    }
  }
  builder.emitAt(target, 0, 0);
  const [filled, rest = null] = laidOut;
  return { filled: filled!, rest };
}

/** Where the cell at `at` of a table's leaf ends: a length, a rowid, and so many octets, none of which overflow. */
function tableCellEnd(page: Uint8Array, at: number): number {
  const length = readVarint(page, at);
  const rowidAt = at + varintLength(length);
  return rowidAt + varintLength(readVarint(page, rowidAt)) + length;
}

function lastRowidOf(leaf: Uint8Array): number {
  const at = cellAt(leaf, cellCount(leaf) - 1);
  return readVarint(leaf, at + varintLength(readVarint(leaf, at)));
}

/** Writes interior pages of a table. */
class TableTop {
  readonly #pages: LogPages;
  readonly #builder: PageBuilder;

  constructor(pages: LogPages) {
    this.#pages = pages;
    this.#builder = new PageBuilder(TABLE_INTERIOR, pages.pageSize);
  }

  /** Pages from the root down along the right-most children, a leaf at last. */
  rightEdge(rootPage: number): number[] {
    const path = [rootPage];
    for (let bytes = this.#pages.read(rootPage); !isLeaf(bytes); bytes = this.#pages.read(path.at(-1)!))
      path.push(rightMost(bytes));
    return path;
  }

  /** Puts `leaves` behind all below the interior pages `path`, root first, whose last rowid is `lastRowid`. */
  append(path: readonly number[], lastRowid: number, leaves: readonly TablePage[]): void {
    const [rootPage] = path;
    let added = leaves;
    let lastBefore = lastRowid;
    for (const page of path.toReversed()) {
      if (added.length === 0) return;
      const children = [...this.#children(page, lastBefore), ...added];
      if (page === rootPage) {
        this.putRoot(rootPage, children);
        return;
      }
      const [own, ...further] = this.#pack(children, page);
      lastBefore = own.lastRowid;
      added = further;
    }
  }

  /** Makes `children`, at least two, what is below page `rootPage`. */
  putRoot(rootPage: number, children: readonly TablePage[]): void {
    let level = children;
    while (!this.#isOnePage(level)) level = this.#pack(level, null);
    this.#pack(level, rootPage);
  }

  /** The children of interior page `page`; the largest rowid below it is `lastRowid`. */
  #children(page: number, lastRowid: number): TablePage[] {
    const bytes = this.#pages.read(page);
    const children: TablePage[] = [];
    for (let cell = 0; cell < cellCount(bytes); cell++) {
      const at = cellAt(bytes, cell);
      children.push({
        page: readUnsigned32BigEndian(bytes, at),
        lastRowid: readVarint(bytes, at + CHILD_BYTES),
      });
    }
    children.push({ page: rightMost(bytes), lastRowid });
    return children;
  }

  #isOnePage(children: readonly TablePage[]): boolean {
    const builder = this.#builder;
    builder.clear();
    // The last one stands in the header.
    const isOne = children.slice(0, -1).every((child) => this.#add(child));
    builder.clear();
    return isOne;
  }

  /** Writes full interior pages above `children`, at least two of them: the first in the place of `page`, if that is given. */
  #pack(children: readonly TablePage[], page: number | null): LevelPages {
    const builder = this.#builder;
    builder.clear();
    const written: TablePage[] = [];
    const emit = (last: TablePage): void => {
      const own = written.length === 0 && page !== null ? page : this.#pages.reserve();
      builder.emitAt(this.#pages, own, last.page);
      builder.clear();
      written.push({ page: own, lastRowid: last.lastRowid });
    };
    let before: TablePage | null = null;
    for (const child of children.slice(0, -1)) {
      if (!this.#add(child)) {
        // The one before becomes the last of its page, so that the next one has a cell, too.
        builder.removeLast();
        emit(before!);
        this.#add(child);
      }
      before = child;
    }
    emit(children.at(-1)!);
    // At least the last one was written.
    return written as unknown as LevelPages;
  }

  /** Whether there was room for the cell. */
  #add({ page, lastRowid }: TablePage): boolean {
    const builder = this.#builder;
    const at = builder.end;
    putUnsigned32BigEndian(builder.cells, at, page);
    const end = putVarint(builder.cells, at + CHILD_BYTES, lastRowid);
    if (!builder.fits(end - at)) return false;
    builder.add(end);
    return true;
  }
}
