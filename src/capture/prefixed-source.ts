import type { ByteSource } from "./byte-source.js";

/** A source whose first octets were taken out to look at them, put back. */
export class PrefixedSource implements ByteSource {
  readonly #prefix: Uint8Array;
  readonly #source: ByteSource;
  #taken = 0;

  constructor(prefix: Uint8Array, source: ByteSource) {
    this.#prefix = prefix;
    this.#source = source;
  }

  get bytesRead(): number {
    return this.#source.bytesRead - (this.#prefix.length - this.#taken);
  }

  get bytesTotal(): number | null {
    return this.#source.bytesTotal;
  }

  get damage(): string | null {
    return this.#source.damage;
  }

  async read(target: Uint8Array, at: number): Promise<number> {
    const count = Math.min(this.#prefix.length - this.#taken, target.length - at);
    if (count === 0) return this.#source.read(target, at);
    target.set(this.#prefix.subarray(this.#taken, this.#taken + count), at);
    this.#taken += count;
    return count;
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
