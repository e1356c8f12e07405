/** Records that tell how many zeros the others have. */
const SAMPLES = 16;

/**
 * Leaves the zeros of records out: most fields of a connection that was never more than a SYN are 0, and a scan or a flood
 * has millions of these. A packed chunk begins with a 32-bit number for each record: where that begins, in 32-bit words. A
 * packed record is a bit for each of its 64-bit words, and behind these bits the words that are not 0.
 */
export class RecordPacker {
  readonly #records: number;
  /** Words of 64 bits in a record, and words of 32 bits for the bits of these. */
  readonly #words: number;
  readonly #bitWords: number;
  /** 32-bit words that a packed record takes at most. */
  readonly #longest: number;
  readonly #packed: Uint32Array;

  /** `records` of `words` 64-bit words each; what would take more than `mostBytes`, a multiple of 4, is not packed. */
  constructor(records: number, words: number, mostBytes: number) {
    this.#records = records;
    this.#words = words;
    this.#bitWords = Math.ceil(words / 32);
    this.#longest = this.#bitWords + words * 2;
    this.#packed = new Uint32Array(mostBytes / 4);
  }

  /** Octets that a packed record takes at most. */
  get longestBytes(): number {
    return this.#longest * 4;
  }

  /** `chunk` packed, in memory that the next call uses again; null when it takes more than `mostBytes`. */
  pack(chunk: Uint32Array): Uint8Array | null {
    const packed = this.#packed;
    if (!this.#isSparse(chunk)) return null;
    let to = this.#records;
    for (let record = 0; record < this.#records; record++) {
      if (to + this.#longest > packed.length) return null;
      packed[record] = to;
      to = this.#packRecord(chunk, record * this.#words * 2, to);
    }
    return new Uint8Array(packed.buffer, 0, to * 4);
  }

  /** Fills `chunk` with the records of a packed one. */
  unpack(packed: Uint32Array, chunk: Uint32Array): void {
    chunk.fill(0);
    for (let record = 0; record < this.#records; record++)
      this.unpackRecord(packed, packed[record]!, chunk, record * this.#words * 2);
  }

  /** Fills the record at `to` of `chunk`, which must be all zeros, with the one at `from` of `packed`. */
  unpackRecord(packed: Uint32Array, from: number, chunk: Uint32Array, to: number): void {
    let next = from + this.#bitWords;
    for (let bitWord = 0; bitWord < this.#bitWords; bitWord++) {
      for (let bits = packed[from + bitWord]!; bits !== 0; bits &= bits - 1) {
        const word = bitWord * 32 + 31 - Math.clz32(bits & -bits);
        chunk[to + word * 2] = packed[next++]!;
        chunk[to + word * 2 + 1] = packed[next++]!;
      }
    }
  }

  #packRecord(chunk: Uint32Array, from: number, to: number): number {
    const packed = this.#packed;
    let end = to + this.#bitWords;
    packed.fill(0, to, end);
    for (let word = 0; word < this.#words; word++) {
      const low = chunk[from + word * 2]!;
      const high = chunk[from + word * 2 + 1]!;
      // No comparison of floats: half of a pair of 32-bit fields may look like a negative zero.
      if ((low | high) === 0) continue;
      packed[to + (word >>> 5)]! |= 1 << (word & 31);
      packed[end++] = low;
      packed[end++] = high;
    }
    return end;
  }

  /** A look at a few records: whether it is worth trying. */
  #isSparse(chunk: Uint32Array): boolean {
    const step = Math.max(1, Math.floor(this.#records / SAMPLES));
    let taken = 0;
    let samples = 0;
    for (let record = 0; record < this.#records; record += step) {
      const from = record * this.#words * 2;
      for (let at = from; at < from + this.#words * 2; at += 2)
        if ((chunk[at]! | chunk[at + 1]!) !== 0) taken += 2;
      taken += 1 + this.#bitWords;
      samples++;
    }
    return (taken / samples) * this.#records < this.#packed.length;
  }
}
