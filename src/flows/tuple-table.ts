/**
 * Hash table from a key's hash to flow ids: open addressing, linear probing, eight octets a slot. Entries are
 * never removed (a silent connection may speak again), only replaced when a tuple is reused.
 */
export class TupleTable {
  #hashes: Uint32Array;
  #ids: Uint32Array;
  #mask: number;
  #used = 0;

  constructor(slots = 1 << 16) {
    this.#hashes = new Uint32Array(slots);
    this.#ids = new Uint32Array(slots);
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
    return this.#ids[slot]!;
  }

  hashAt(slot: number): number {
    return this.#hashes[slot]!;
  }

  /** Puts another flow in the place of the one in `slot`. */
  replace(slot: number, id: number): void {
    this.#ids[slot] = id;
  }

  /** Adds a flow whose key is not in the table. `slot` is where the search ended. */
  insert(slot: number, hash: number, id: number): void {
    this.#hashes[slot] = hash;
    this.#ids[slot] = id;
    if (++this.#used * 3 > this.#ids.length * 2) this.#grow();
  }

  #grow(): void {
    const hashes = this.#hashes;
    const ids = this.#ids;
    this.#hashes = new Uint32Array(ids.length * 2);
    this.#ids = new Uint32Array(ids.length * 2);
    this.#mask = this.#ids.length - 1;
    for (let old = 0; old < ids.length; old++) {
      if (ids[old] === 0) continue;
      const hash = hashes[old]!;
      let slot = hash & this.#mask;
      while (this.#ids[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#hashes[slot] = hash;
      this.#ids[slot] = ids[old]!;
    }
  }
}
