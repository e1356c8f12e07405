/** Rows of a table at most: 84 MB in a table of ten columns. Beyond, flows have no numbers. */
const MOST_ROWS = 1 << 20;
/** Rows of a chunk: a table grows by chunks, and is never copied. */
const CHUNK_ROWS_LOG2 = 8;
const CHUNK_ROWS = 1 << CHUNK_ROWS_LOG2;

/** Rows of numbers; all of row 0 is 0 and stays so. */
export class NumberTable {
  readonly #columns: number;
  readonly #chunks: Float64Array[] = [];
  #rows = 1;
  /** A row that was taken away, whose first number is the next such row; 0 for none. */
  #free = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** The number of a new row of zeros; 0 when the table is full. */
  add(): number {
    if (this.#free !== 0) return this.#reuse();
    if (this.#rows === MOST_ROWS) return 0;
    const row = this.#rows++;
    if (row >>> CHUNK_ROWS_LOG2 === this.#chunks.length)
      this.#chunks.push(new Float64Array(CHUNK_ROWS * this.#columns));
    return row;
  }

  /** Takes a row away, which is not asked for again; row 0 stays. */
  remove(row: number): void {
    if (row === 0) return;
    this.set(row, 0, this.#free);
    this.#free = row;
  }

  at(row: number, column: number): number {
    // Most flows have no numbers.
    if (row === 0) return 0;
    return this.#chunks[row >>> CHUNK_ROWS_LOG2]![(row & (CHUNK_ROWS - 1)) * this.#columns + column]!;
  }

  set(row: number, column: number, value: number): void {
    if (row === 0) return;
    this.#chunks[row >>> CHUNK_ROWS_LOG2]![(row & (CHUNK_ROWS - 1)) * this.#columns + column] = value;
  }

  #reuse(): number {
    const row = this.#free;
    this.#free = this.at(row, 0);
    const at = (row & (CHUNK_ROWS - 1)) * this.#columns;
    this.#chunks[row >>> CHUNK_ROWS_LOG2]!.fill(0, at, at + this.#columns);
    return row;
  }
}
