import { putUnsigned32BigEndian, readUnsigned32BigEndian } from "./big-endian.js";
import { CHILD_BYTES, PageBuilder, type TreeFile } from "./page-builder.js";

/**
 * The interior pages of a b-tree, built from below while its leaves are written in order: one open page per level.
 * An interior cell is a child page and a key not less than any in it; the last child stands in the page header.
 * https://www.sqlite.org/fileformat2.html section 1.6
 */
export class InteriorLevels {
  readonly #file: TreeFile;
  readonly #type: number;
  readonly #levels: PageBuilder[] = [];

  /** `type` is TABLE_INTERIOR or INDEX_INTERIOR. */
  constructor(file: TreeFile, type: number) {
    this.#file = file;
    this.#type = type;
  }

  /** Adds a finished leaf, followed by the key at `keys[keyAt, keyEnd)`: a rowid for a table, a whole entry for an index. */
  add(leaf: number, keys: Uint8Array, keyAt: number, keyEnd: number): void {
    this.#add(0, leaf, keys, keyAt, keyEnd);
  }

  /** Ends the tree with `leaf` behind all keys, its top in page `rootPage`; there is an interior page. */
  finish(leaf: number, rootPage: number): void {
    let child = leaf;
    for (const [level, page] of this.#levels.entries()) {
      if (level === this.#levels.length - 1) page.emitAt(this.#file, rootPage, child);
      else child = page.emit(this.#file, child);
    }
  }

  /** Whether the tree has any interior page yet. */
  get isEmpty(): boolean {
    return this.#levels.length === 0;
  }

  #add(level: number, child: number, keys: Uint8Array, keyAt: number, keyEnd: number): void {
    let page = this.#levels[level];
    if (page === undefined) {
      page = new PageBuilder(this.#type, this.#file.pageSize);
      this.#levels.push(page);
    }
    if (!page.fits(CHILD_BYTES + keyEnd - keyAt)) {
      // The last child becomes the right-most one, and its key divides this page from the next, a level up.
      const lastAt = page.lastStart;
      const lastEnd = page.end;
      page.removeLast();
      const pageNumber = page.emit(this.#file, readUnsigned32BigEndian(page.cells, lastAt));
      this.#add(level + 1, pageNumber, page.cells, lastAt + CHILD_BYTES, lastEnd);
      page.clear();
    }
    const at = page.end;
    putUnsigned32BigEndian(page.cells, at, child);
    let end = at + CHILD_BYTES;
    for (let position = keyAt; position < keyEnd; position++) page.cells[end++] = keys[position]!;
    page.add(end);
  }
}
