/** Rows of a table at most: 84 MB in a table of ten columns. Beyond, flows have no numbers. */
const MOST_ROWS = 1 << 20;
const FIRST_ROWS = 64;

/** Rows of numbers; all of row 0 is 0 and stays so. */
export class NumberTable {
  readonly #columns: number;
  #numbers: Float64Array;
  #rows = 1;
  /** A row that was taken away, whose first number is the next such row; 0 for none. */
  #free = 0;

  constructor(columns: number) {
    this.#columns = columns;
    this.#numbers = new Float64Array(FIRST_ROWS * columns);
  }

  /** The number of a new row of zeros; 0 when the table is full. */
  add(): number {
    if (this.#free !== 0) return this.#reuse();
    if (this.#rows === MOST_ROWS) return 0;
    if (this.#rows * this.#columns === this.#numbers.length) {
      const grown = new Float64Array(this.#numbers.length * 2);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    return this.#rows++;
  }

  /** Takes a row away, which is not asked for again; row 0 stays. */
  remove(row: number): void {
    if (row === 0) return;
    this.#numbers[row * this.#columns] = this.#free;
    this.#free = row;
  }

  at(row: number, column: number): number {
    return this.#numbers[row * this.#columns + column]!;
  }

  set(row: number, column: number, value: number): void {
    if (row > 0) this.#numbers[row * this.#columns + column] = value;
  }

  #reuse(): number {
    const row = this.#free;
    const at = row * this.#columns;
    this.#free = this.#numbers[at]!;
    this.#numbers.fill(0, at, at + this.#columns);
    return row;
  }
}
