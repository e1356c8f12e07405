/**
 * Hash table from a key's hash to flow ids: open addressing, linear probing, eight octets a slot that lie together.
 * Entries are replaced when a tuple is reused, and removed when a flow is forgotten.
 */
export class TupleTable {
  /** Hash and id of each slot in turn; id 0 is an empty slot. */
  #slots: Uint32Array;
  #mask: number;
  #used = 0;

  /** `slots`: a power of two; the table grows when two thirds are taken. */
  constructor(slots = 1 << 16) {
    this.#slots = new Uint32Array(slots * 2);
    this.#mask = slots - 1;
  }

  /** First slot to look at for `hash`. */
  first(hash: number): number {
    return hash & this.#mask;
  }

  /** The slot to look at after `slot`. */
  next(slot: number): number {
    return (slot + 1) & this.#mask;
  }

  /** Id in `slot`; 0 when it is empty, which ends the search. */
  idAt(slot: number): number {
    return this.#slots[slot * 2 + 1]!;
  }

  hashAt(slot: number): number {
    return this.#slots[slot * 2]!;
  }

  /** Puts another flow in the place of the one in `slot`. */
  replace(slot: number, id: number): void {
    this.#slots[slot * 2 + 1] = id;
  }

  /** Adds a flow whose key is not in the table. `slot` is where the search ended. */
  insert(slot: number, hash: number, id: number): void {
    this.#slots[slot * 2] = hash;
    this.#slots[slot * 2 + 1] = id;
    if (++this.#used * 3 > (this.#mask + 1) * 2) this.#grow();
  }

  /** Removes the flow `id` under `hash`; false when it is not there. */
  remove(hash: number, id: number): boolean {
    let hole = this.first(hash);
    while (this.idAt(hole) !== id) {
      if (this.idAt(hole) === 0) return false;
      hole = this.next(hole);
    }
    // What follows without a gap and would no longer be found moves up.
    for (let slot = this.next(hole); this.idAt(slot) !== 0; slot = this.next(slot)) {
      const home = this.first(this.hashAt(slot));
      const isBetween = ((slot - home) & this.#mask) < ((slot - hole) & this.#mask);
      if (isBetween) continue;
      this.#slots[hole * 2] = this.#slots[slot * 2]!;
      this.#slots[hole * 2 + 1] = this.#slots[slot * 2 + 1]!;
      hole = slot;
    }
    this.#slots[hole * 2 + 1] = 0;
    this.#used--;
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#mask = old.length - 1;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] === 0) continue;
      let slot = this.first(old[at]!);
      while (this.idAt(slot) !== 0) slot = this.next(slot);
      this.#slots[slot * 2] = old[at]!;
      this.#slots[slot * 2 + 1] = old[at + 1]!;
    }
  }
}
