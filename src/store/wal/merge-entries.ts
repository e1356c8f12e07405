import { putUnsigned32BigEndian, readUnsigned32BigEndian } from "../sqlite-file/big-endian.js";
import { putIndexEntry } from "../sqlite-file/index-writer.js";
import {
  CHILD_BYTES,
  INDEX_INTERIOR,
  INDEX_LEAF,
  INTERIOR_HEADER_BYTES,
  PageBuilder,
} from "../sqlite-file/page-builder.js";
import { EntryReader } from "./entry-reader.js";
import type { LogPages } from "./log-pages.js";
import { cellAt, cellCount, isLeaf, rightMost } from "./tree-page.js";

/** Octets of a page that stay free where its cells are spread over several: a cell more than planned fits. */
const SLACK_BYTES = 128;

/** Entries of an index on one integer column in ascending order: row `rows[i]` of those behind `lastRowid` has `keys[i]`. */
export interface NewEntries {
  readonly keys: Uint32Array;
  readonly rows: Uint32Array;
  readonly length: number;
  /** Rows are counted from 0, so the first is that of the next rowid. */
  readonly lastRowid: number;
}

/** A page that follows another one of its level, and the entry between them: a whole cell, as in a leaf. */
interface FurtherPage {
  readonly divider: Uint8Array;
  readonly page: number;
}

/**
 * Puts new entries among those of the index at `rootPage`. Every page that gets some is written once, however many it gets; where
 * they do not fit they are spread evenly over several, so that later ones find room.
 */
export function mergeEntries(pages: LogPages, rootPage: number, entries: NewEntries): void {
  if (entries.length > 0) new IndexMerge(pages, entries).merge(rootPage);
}

class IndexMerge {
  readonly #pages: LogPages;
  readonly #entries: NewEntries;
  readonly #leaf: PageBuilder;
  readonly #interior: PageBuilder;
  readonly #reader = new EntryReader();

  constructor(pages: LogPages, entries: NewEntries) {
    this.#pages = pages;
    this.#entries = entries;
    this.#leaf = new PageBuilder(INDEX_LEAF, pages.pageSize);
    this.#interior = new PageBuilder(INDEX_INTERIOR, pages.pageSize);
  }

  merge(rootPage: number): void {
    let further = this.#mergePage(rootPage, 0, this.#entries.length);
    while (further.length > 0) {
      // The root keeps its number, so what it holds now moves down.
      const moved = this.#pages.reserve();
      this.#pages.overwrite(moved, this.#pages.read(rootPage));
      const children = [moved, ...further.map(({ page }) => page)];
      const dividers = further.map(({ divider }) => divider);
      further = this.#writeInterior(rootPage, children, dividers);
    }
  }

  /** Puts the entries `[from, to)` in or below `page`; returns the pages that follow it now. */
  #mergePage(page: number, from: number, to: number): FurtherPage[] {
    const bytes = this.#pages.read(page);
    return isLeaf(bytes)
      ? this.#mergeLeaf(page, bytes, from, to)
      : this.#mergeInterior(page, bytes, from, to);
  }

  #mergeInterior(page: number, bytes: Uint8Array, from: number, to: number): FurtherPage[] {
    const children: number[] = [];
    const dividers: Uint8Array[] = [];
    const count = cellCount(bytes);
    let next = from;
    for (let cell = 0; cell <= count; cell++) {
      const at = cell < count ? cellAt(bytes, cell) : 0;
      const child = cell < count ? readUnsigned32BigEndian(bytes, at) : rightMost(bytes);
      const end = cell < count ? this.#firstBehind(bytes, at + CHILD_BYTES, next, to) : to;
      children.push(child);
      if (end > next) {
        for (const { divider, page: behind } of this.#mergePage(child, next, end)) {
          dividers.push(divider);
          children.push(behind);
        }
      }
      next = end;
      if (cell < count) dividers.push(cellOf(bytes, at + CHILD_BYTES));
    }
    return children.length === count + 1 ? [] : this.#writeInterior(page, children, dividers);
  }

  /** The first of the entries `[from, to)` that comes behind the one at `at` of `bytes`; `to` where none does. */
  #firstBehind(bytes: Uint8Array, at: number, from: number, to: number): number {
    const { keys, rows, lastRowid } = this.#entries;
    const reader = this.#reader;
    reader.read(bytes, at);
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const key = keys[middle]!;
      const isBehind =
        key > reader.key || (key === reader.key && lastRowid + rows[middle]! + 1 > reader.rowid);
      if (isBehind) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #mergeLeaf(page: number, bytes: Uint8Array, from: number, to: number): FurtherPage[] {
    const { keys, rows, lastRowid } = this.#entries;
    const reader = this.#reader;
    const leaf = this.#leaf;
    const count = cellCount(bytes);
    const spread = new Spread(this.#leafBytes(bytes, from, to), this.#pages.pageSize);
    const further: FurtherPage[] = [];
    let own = page;
    let divider: Uint8Array | null = null;
    let cell = 0;
    let next = from;
    leaf.clear();
    if (count > 0) reader.read(bytes, cellAt(bytes, 0));
    for (let left = count + to - from; left > 0; left--) {
      const key = keys[next]!;
      const isOld =
        cell < count &&
        (next === to ||
          reader.key < key ||
          (reader.key === key && reader.rowid < lastRowid + rows[next]! + 1));
      const at = leaf.end;
      let end: number;
      if (isOld) {
        end = at + reader.end - reader.start;
        for (let offset = reader.start; offset < reader.end; offset++)
          leaf.cells[at + offset - reader.start] = bytes[offset]!;
        if (++cell < count) reader.read(bytes, cellAt(bytes, cell));
      } else {
        end = putIndexEntry(leaf.view, leaf.cells, at, key, lastRowid + rows[next]! + 1);
        next++;
      }
      // The entry between two pages is in neither; behind it there must be one more.
      if (spread.isFull(leaf.usedBytes) && left > 1) {
        this.#emitLeaf(own, divider, further);
        divider = leaf.cells.slice(at, end);
        own = this.#pages.reserve();
        leaf.clear();
      } else {
        leaf.add(end);
      }
    }
    this.#emitLeaf(own, divider, further);
    return further;
  }

  #emitLeaf(page: number, divider: Uint8Array | null, further: FurtherPage[]): void {
    this.#leaf.emitAt(this.#pages, page, 0);
    if (divider !== null) further.push({ divider, page });
  }

  /** Octets of the cells of a leaf and of the entries `[from, to)`, pointers included. */
  #leafBytes(bytes: Uint8Array, from: number, to: number): number {
    const { keys, rows, lastRowid } = this.#entries;
    const leaf = this.#leaf;
    leaf.clear();
    let length = 0;
    for (let cell = 0; cell < cellCount(bytes); cell++) length += bytes[cellAt(bytes, cell)]! + 3;
    for (let next = from; next < to; next++)
      length += putIndexEntry(leaf.view, leaf.cells, 0, keys[next]!, lastRowid + rows[next]! + 1) + 2;
    return length;
  }

  /** Writes `children`, with `dividers` between them, to `page` and as many behind it as they take. */
  #writeInterior(page: number, children: readonly number[], dividers: readonly Uint8Array[]): FurtherPage[] {
    const interior = this.#interior;
    const length = dividers.reduce((sum, divider) => sum + CHILD_BYTES + divider.length + 2, 0);
    const spread = new Spread(length, this.#pages.pageSize);
    const further: FurtherPage[] = [];
    let own = page;
    let before: Uint8Array | null = null;
    const emit = (last: number): void => {
      interior.emitAt(this.#pages, own, last);
      interior.clear();
      if (before !== null) further.push({ divider: before, page: own });
    };
    interior.clear();
    for (const [index, divider] of dividers.entries()) {
      const child = children[index]!;
      // The next page must have a cell, too.
      if (spread.isFull(interior.usedBytes) && index + 1 < dividers.length) {
        emit(child);
        before = divider;
        own = this.#pages.reserve();
        continue;
      }
      const at = interior.end;
      putUnsigned32BigEndian(interior.cells, at, child);
      interior.cells.set(divider, at + CHILD_BYTES);
      interior.add(at + CHILD_BYTES + divider.length);
    }
    emit(children.at(-1)!);
    return further;
  }
}

/** Spreads cells evenly over as few pages as hold them. */
class Spread {
  readonly #targetBytes: number;

  constructor(cellBytes: number, pageSize: number) {
    const room = pageSize - INTERIOR_HEADER_BYTES - SLACK_BYTES;
    this.#targetBytes = cellBytes / Math.max(1, Math.ceil(cellBytes / room));
  }

  /** Whether a page with so many octets of cells has its part. */
  isFull(usedBytes: number): boolean {
    return usedBytes >= this.#targetBytes;
  }
}

/** The cell at `at`, which holds an entry of less than 128 octets. */
function cellOf(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.slice(at, at + 1 + bytes[at]!);
}
