import { readUnsigned32BigEndian } from "../sqlite-file/big-endian.js";
import {
  INDEX_LEAF,
  INTERIOR_HEADER_BYTES,
  LEAF_HEADER_BYTES,
  TABLE_LEAF,
} from "../sqlite-file/page-builder.js";

/** Places in a page's header. https://www.sqlite.org/fileformat2.html section 1.6 */
const CELLS_AT = 3;
const RIGHT_MOST_AT = 8;

export function isLeaf(page: Uint8Array): boolean {
  return page[0] === INDEX_LEAF || page[0] === TABLE_LEAF;
}

export function cellCount(page: Uint8Array): number {
  return (page[CELLS_AT]! << 8) | page[CELLS_AT + 1]!;
}

/** Offset of cell `cell`. */
export function cellAt(page: Uint8Array, cell: number): number {
  const at = (isLeaf(page) ? LEAF_HEADER_BYTES : INTERIOR_HEADER_BYTES) + 2 * cell;
  return (page[at]! << 8) | page[at + 1]!;
}

/** The last child of an interior page. */
export function rightMost(page: Uint8Array): number {
  return readUnsigned32BigEndian(page, RIGHT_MOST_AT);
}
