import { Decompress } from "fzstd";
import type { ByteSource } from "./byte-source.js";
import { ChunkQueue } from "./chunk-queue.js";

const INPUT_BYTES = 64 * 1024;

/** zstd (RFC 8878) decompressed in JavaScript, for machines without the zstd command: slower, otherwise the same. */
export class ZstdSource implements ByteSource {
  damage: string | null = null;
  readonly #source: ByteSource;
  readonly #output = new ChunkQueue();
  readonly #decompress = new Decompress((chunk) => this.#output.push(chunk));
  #isEnded = false;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get bytesRead(): number {
    return this.#source.bytesRead;
  }

  get bytesTotal(): number | null {
    return this.#source.bytesTotal;
  }

  async read(target: Uint8Array, at: number): Promise<number> {
    while (this.#output.isEmpty && !this.#isEnded) {
      // The decompressor keeps what it cannot use yet, so every piece needs memory of its own.
      const input = new Uint8Array(INPUT_BYTES);
      const count = await this.#source.read(input, 0);
      if (count === 0) this.#isEnded = true;
      try {
        this.#decompress.push(input.subarray(0, count), count === 0);
      } catch {
        this.damage = count === 0 ? "ends in the middle of its zstd data" : "holds damaged zstd data";
        this.#isEnded = true;
      }
      this.damage = this.#source.damage ?? this.damage;
    }
    return this.#output.take(target, at);
  }

  async close(): Promise<void> {
    this.#isEnded = true;
    await this.#source.close();
  }
}
