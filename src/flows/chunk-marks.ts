/** One bit for each record of a chunk that is on disk: what is to be marked in it once it is read. */
export class ChunkMarks {
  readonly #chunkRecords: number;
  readonly #bits = new Map<number, Uint32Array>();

  /** `chunkRecords`: records of each chunk, a multiple of 32. */
  constructor(chunkRecords: number) {
    this.#chunkRecords = chunkRecords;
  }

  /** Marks record `record`, counted within chunk `index`. */
  add(index: number, record: number): void {
    let bits = this.#bits.get(index);
    if (bits === undefined) {
      bits = new Uint32Array(this.#chunkRecords / 32);
      this.#bits.set(index, bits);
    }
    bits[record >>> 5]! |= 1 << (record & 31);
  }

  has(index: number, record: number): boolean {
    const bits = this.#bits.get(index);
    return bits !== undefined && (bits[record >>> 5]! & (1 << (record & 31))) !== 0;
  }

  /** Calls `use` for each marked record of chunk `index`, whose marks are forgotten then. */
  take(index: number, use: (record: number) => void): void {
    if (!this.#bits.has(index)) return;
    for (let record = 0; record < this.#chunkRecords; record++) if (this.has(index, record)) use(record);
    this.#bits.delete(index);
  }
}
