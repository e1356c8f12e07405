import type { ByteSource } from "./byte-source.js";

/** The longest record or block that is believed; the longest real ones are 262144 octets (libpcap's maximum). */
export const MAX_RECORD_BYTES = 1024 * 1024;

/** Room for one longest record with its headers that the last read cut, and a read of the same size behind it. */
const WINDOW_BYTES = MAX_RECORD_BYTES + 64 * 1024;

/** Octets `start` to `end` of `bytes` are there and not yet consumed; a parser moves `start`. */
export interface OctetRange {
  readonly bytes: Uint8Array;
  /** The same octets, for reading numbers. */
  readonly view: DataView;
  start: number;
  end: number;
}

/** A sliding view of a source: one buffer for the whole file, refilled behind what a parser has left over. */
export class ByteWindow implements OctetRange {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  start = 0;
  end = 0;
  readonly #source: ByteSource;

  constructor(source: ByteSource, capacityBytes: number = WINDOW_BYTES) {
    this.bytes = new Uint8Array(capacityBytes);
    this.view = new DataView(this.bytes.buffer);
    this.#source = source;
  }

  /**
   * Reads until `neededBytes` (1 to the capacity) are in the window; false when the source ends before. Moves what is
   * left to the front: every offset into `bytes` is void afterwards.
   */
  async fill(neededBytes: number): Promise<boolean> {
    if (this.end - this.start >= neededBytes) return true;
    if (this.start > 0) {
      this.bytes.copyWithin(0, this.start, this.end);
      this.end -= this.start;
      this.start = 0;
    }
    while (this.end < neededBytes) {
      const count = await this.#source.read(this.bytes, this.end);
      if (count === 0) return false;
      this.end += count;
    }
    return true;
  }

  /** This window, or one of at least `capacityBytes` with the same octets not yet consumed. */
  enlarged(capacityBytes: number): ByteWindow {
    if (this.bytes.length >= capacityBytes) return this;
    const larger = new ByteWindow(this.#source, capacityBytes);
    larger.end = this.end - this.start;
    larger.bytes.set(this.bytes.subarray(this.start, this.end));
    return larger;
  }
}
