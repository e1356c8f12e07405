/** Bits of a digit: 2048 buckets stay in the first-level cache. */
const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
const DIGIT_MASK = BUCKETS - 1;

/** Two columns that are sorted together by `keys`, with room for the sort's other halves. */
export class SortColumns {
  keys: Uint32Array;
  rows: Uint32Array;
  #otherKeys: Uint32Array;
  #otherRows: Uint32Array;
  readonly #starts = new Int32Array(BUCKETS);

  constructor(capacity: number) {
    this.keys = new Uint32Array(capacity);
    this.rows = new Uint32Array(capacity);
    this.#otherKeys = new Uint32Array(capacity);
    this.#otherRows = new Uint32Array(capacity);
  }

  /** Sets `rows` to 0, 1, 2 … and sorts the first `length` of both by key, equal keys in row order (radix sort). */
  sort(length: number): void {
    let highest = 0;
    for (let row = 0; row < length; row++) {
      if (this.keys[row]! > highest) highest = this.keys[row]!;
      this.rows[row] = row;
    }
    for (let shift = 0; shift < 32 && highest >>> shift > 0; shift += DIGIT_BITS) this.#pass(length, shift);
  }

  #pass(length: number, shift: number): void {
    const { keys, rows } = this;
    const otherKeys = this.#otherKeys;
    const otherRows = this.#otherRows;
    const starts = this.#starts.fill(0);
    for (let row = 0; row < length; row++) starts[(keys[row]! >>> shift) & DIGIT_MASK]!++;
    let start = 0;
    for (let digit = 0; digit < BUCKETS; digit++) {
      const count = starts[digit]!;
      starts[digit] = start;
      start += count;
    }
    for (let row = 0; row < length; row++) {
      const key = keys[row]!;
      const to = starts[(key >>> shift) & DIGIT_MASK]!++;
      otherKeys[to] = key;
      otherRows[to] = rows[row]!;
    }
    this.keys = otherKeys;
    this.rows = otherRows;
    this.#otherKeys = keys;
    this.#otherRows = rows;
  }
}
