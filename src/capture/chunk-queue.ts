/** Octets that a decompressor has pushed and nobody has taken yet. */
export class ChunkQueue {
  #chunks: Uint8Array[] = [];
  /** Octets of the first chunk that are taken already. */
  #taken = 0;
  /** Octets still to be thrown away as they arrive. */
  #discardBytes = 0;
  /** Octets that ever went in, the discarded ones included. */
  pushedBytes = 0;

  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  push(chunk: Uint8Array): void {
    this.pushedBytes += chunk.length;
    const discarded = Math.min(this.#discardBytes, chunk.length);
    this.#discardBytes -= discarded;
    if (chunk.length > discarded) this.#chunks.push(chunk.subarray(discarded));
  }

  /** Throws the next `count` octets away. */
  discard(count: number): void {
    this.#discardBytes += count;
  }

  /** Moves octets into `target` from offset `at` on; how many, 0 when the queue is empty. */
  take(target: Uint8Array, at: number): number {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return 0;
    const count = Math.min(chunk.length - this.#taken, target.length - at);
    target.set(chunk.subarray(this.#taken, this.#taken + count), at);
    this.#taken += count;
    if (this.#taken === chunk.length) {
      this.#chunks.shift();
      this.#taken = 0;
    }
    return count;
  }
}
