import { NumberTable } from "../../engine/number-table.js";

/** Numbers of each pair of AddressPairs, which others may have added: 0 until they are set. */
export class NumbersOfPairs {
  readonly #table: NumberTable;
  /** Pairs that there is a row for. */
  #rows = 0;

  constructor(columns: number) {
    this.#table = new NumberTable(columns);
  }

  at(pair: number, column: number): number {
    return pair > this.#rows ? 0 : this.#table.at(pair, column);
  }

  set(pair: number, column: number, value: number): void {
    for (; this.#rows < pair; this.#rows++) this.#table.add();
    this.#table.set(pair, column, value);
  }
}
