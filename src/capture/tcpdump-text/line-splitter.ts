/** Longest line that is kept; of a longer one only the beginning counts. */
const MAX_LINE_BYTES = 16 * 1024;
const LINE_FEED = 0x0a;

/** Octets to lines. What tcpdump prints of a packet is ASCII; other octets come as Latin-1. */
export class LineSplitter {
  readonly #rest = Buffer.alloc(MAX_LINE_BYTES);
  #restBytes = 0;
  #isInside = false;

  /** The lines that end in `bytes`, without their ends. */
  *push(bytes: Uint8Array): Generator<string, void, undefined> {
    let at = 0;
    while (at < bytes.length) {
      const found = bytes.indexOf(LINE_FEED, at);
      const end = found < 0 ? bytes.length : found;
      const kept = Math.min(end - at, MAX_LINE_BYTES - this.#restBytes);
      this.#rest.set(bytes.subarray(at, at + kept), this.#restBytes);
      this.#restBytes += kept;
      this.#isInside = found < 0;
      if (found >= 0) yield this.#take();
      at = end + 1;
    }
  }

  /** The line that the input ends in without a line feed; null when there is none. */
  end(): string | null {
    if (!this.#isInside) return null;
    this.#isInside = false;
    return this.#take();
  }

  #take(): string {
    const line = this.#rest.toString("latin1", 0, this.#restBytes);
    this.#restBytes = 0;
    return line;
  }
}
