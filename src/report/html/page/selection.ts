/** The packet that the reader has chosen, told to all that shows packets. */
export class Selection {
  row: number | null = null;
  readonly #listeners: ((row: number | null) => void)[] = [];

  onChange(listener: (row: number | null) => void): void {
    this.#listeners.push(listener);
  }

  choose(row: number | null): void {
    this.row = row;
    for (const listener of this.#listeners) listener(row);
  }
}
