/** Rows of a table at most. Beyond, flows have no numbers: a live capture of months must not grow for ever. */
const MOST_ROWS = 1 << 20;
const FIRST_ROWS = 64;

/** Rows of numbers that are added and never taken away; all of row 0 is 0 and stays so. */
export class NumberTable {
  readonly #columns: number;
  #numbers: Float64Array;
  #rows = 1;

  constructor(columns: number) {
    this.#columns = columns;
    this.#numbers = new Float64Array(FIRST_ROWS * columns);
  }

  /** The number of a new row of zeros; 0 when the table is full. */
  add(): number {
    if (this.#rows === MOST_ROWS) return 0;
    if (this.#rows * this.#columns === this.#numbers.length) {
      const grown = new Float64Array(this.#numbers.length * 2);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    return this.#rows++;
  }

  at(row: number, column: number): number {
    return this.#numbers[row * this.#columns + column]!;
  }

  set(row: number, column: number, value: number): void {
    if (row > 0) this.#numbers[row * this.#columns + column] = value;
  }
}
