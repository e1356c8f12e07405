/**
 * The octets that one batch of segments points into: the frames' chunk and, behind it, octets that lie in no frame in
 * one piece, such as datagrams put together from fragments. Without such octets it is the chunk itself, not a copy.
 */
export class BatchBytes {
  /** May be another array after `append`; offsets stay. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Octets in use, of the chunk and behind it. */
  lengthBytes = 0;
  #chunkLength = 0;
  #own = new Uint8Array(0);

  /** Starts over with a chunk. */
  begin(chunk: Uint8Array): void {
    this.bytes = chunk;
    this.lengthBytes = chunk.length;
    this.#chunkLength = chunk.length;
  }

  /** Octets behind the chunk. */
  get appendedBytes(): number {
    return this.lengthBytes - this.#chunkLength;
  }

  /** Makes room for `lengthBytes` octets behind all others and returns its offset. */
  append(lengthBytes: number): number {
    const at = this.lengthBytes;
    const end = at + lengthBytes;
    if (this.#own.length < end || this.bytes !== this.#own) {
      if (this.#own.length < end) this.#own = new Uint8Array(end + Math.ceil(end / 4));
      this.#own.set(this.bytes.subarray(0, at));
      this.bytes = this.#own;
    }
    this.lengthBytes = end;
    return at;
  }
}
