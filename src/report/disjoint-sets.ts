/** Numbers from 0 on, in sets that grow together. The smallest number of a set stands for it. */
export class DisjointSets {
  readonly #parent: Uint32Array;

  /** Each of `count` numbers in a set of its own. */
  constructor(count: number) {
    this.#parent = Uint32Array.from({ length: count }, (_, index) => index);
  }

  /** The smallest number of the set that `member` is in. */
  first(member: number): number {
    const parent = this.#parent;
    let at = member;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  }

  /** Makes one set of those that `one` and `other` are in. */
  join(one: number, other: number): void {
    const a = this.first(one);
    const b = this.first(other);
    this.#parent[Math.max(a, b)] = Math.min(a, b);
  }
}
