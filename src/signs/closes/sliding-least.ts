/** The least of those numbers that a window holds, which moves forward over all of them: each is looked at once or twice. */
export class SlidingLeast {
  readonly #numbers: readonly number[];
  /** Places of numbers that no later one in the window is below, ascending; their heads before `#first` are done with. */
  readonly #places: number[] = [];
  #first = 0;
  #to = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** The least from place `from` to the one before `to`, at least one; neither may be smaller than when asked before. */
  between(from: number, to: number): number {
    const numbers = this.#numbers;
    const places = this.#places;
    for (; this.#to < to; this.#to++) {
      while (places.length > this.#first && numbers[places.at(-1)!]! >= numbers[this.#to]!) places.pop();
      places.push(this.#to);
    }
    while (places[this.#first]! < from) this.#first++;
    return numbers[places[this.#first]!]!;
  }
}
