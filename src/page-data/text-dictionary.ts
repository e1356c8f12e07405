/** Numbers for texts, from 0 in the order they are met: a column that repeats itself needs each text once. */
export class TextDictionary {
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number;
  numberOf(text: string | null): number | null;
  numberOf(text: string | null): number | null {
    if (text === null) return null;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  /** In the order of their numbers. */
  texts(): string[] {
    return [...this.#numbers.keys()];
  }
}
