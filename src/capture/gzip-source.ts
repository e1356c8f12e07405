import { createGunzip, type Gunzip } from "node:zlib";
import type { ByteSource } from "./byte-source.js";
import { ChunkQueue } from "./chunk-queue.js";

const INPUT_BYTES = 64 * 1024;
const OUTPUT_BYTES = 256 * 1024;

/** gzip, RFC 1952, of any number of members. What follows the last member and is none is ignored, as gzip does. */
export class GzipSource implements ByteSource {
  damage: string | null = null;
  readonly #source: ByteSource;
  readonly #reopen: (() => Promise<ByteSource>) | null;
  readonly #input = new Uint8Array(INPUT_BYTES);
  readonly #output = new ChunkQueue();
  readonly #inflater = new Inflater(this.#output);
  #fedBytes = 0;
  #isEnded = false;

  /** @param reopen opens the same octets once more, from the beginning; null when that cannot be done. */
  constructor(source: ByteSource, reopen: (() => Promise<ByteSource>) | null) {
    this.#source = source;
    this.#reopen = reopen;
  }

  get bytesRead(): number {
    return this.#source.bytesRead;
  }

  get bytesTotal(): number | null {
    return this.#source.bytesTotal;
  }

  async read(target: Uint8Array, at: number): Promise<number> {
    while (this.#output.isEmpty && !this.#isEnded) await this.#advance();
    return this.#output.take(target, at);
  }

  async close(): Promise<void> {
    this.#isEnded = true;
    this.#inflater.stop();
    await this.#source.close();
  }

  async #advance(): Promise<void> {
    const count = await this.#source.read(this.#input, 0);
    if (this.#isEnded) return;
    if (count === 0) {
      this.#isEnded = true;
      if (!(await this.#inflater.finish())) this.damage = "ends in the middle of its gzip data";
      this.damage = this.#source.damage ?? this.damage;
    } else if (await this.#inflater.feed(this.#input.subarray(0, count))) {
      this.#fedBytes += count;
    } else if (!this.#isEnded) {
      this.#isEnded = true;
      await this.#salvage();
      this.damage = "holds damaged gzip data";
    }
  }

  /**
   * zlib's binding keeps the output of the call in which it meets an error to itself, and that can be a whole small
   * file. So the input is inflated once more, octet by octet where the damage is.
   */
  async #salvage(): Promise<void> {
    if (this.#reopen === null) return;
    const again = await this.#reopen();
    const inflater = new Inflater(this.#output);
    this.#output.discard(this.#output.pushedBytes);
    try {
      let leftBytes = this.#fedBytes;
      while (leftBytes > 0) {
        const at = Math.max(0, INPUT_BYTES - leftBytes);
        const count = await again.read(this.#input, at);
        if (count === 0 || !(await inflater.feed(this.#input.subarray(at, at + count)))) return;
        leftBytes -= count;
      }
      const lastByte = INPUT_BYTES - 1;
      while ((await again.read(this.#input, lastByte)) === 1)
        if (!(await inflater.feed(this.#input.subarray(lastByte)))) return;
    } finally {
      inflater.stop();
      await again.close();
    }
  }
}

/** zlib's inflater with an answer to each piece of input. */
class Inflater {
  readonly #gunzip: Gunzip;
  #isDamaged = false;
  #isOver = false;
  #settle: () => void = () => {};

  constructor(output: ChunkQueue) {
    this.#gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
    this.#gunzip.on("data", (chunk: Buffer) => output.push(chunk));
    this.#gunzip.on("error", () => {
      this.#isDamaged = true;
      this.#end();
    });
    this.#gunzip.on("end", () => this.#end());
    this.#gunzip.on("close", () => this.#end());
  }

  /** False when the data is damaged. The octets are free for reuse afterwards. */
  feed(bytes: Uint8Array): Promise<boolean> {
    return this.#run((done) => this.#gunzip.write(bytes, done));
  }

  /** False when the data is not complete. */
  finish(): Promise<boolean> {
    return this.#run(() => this.#gunzip.end());
  }

  stop(): void {
    this.#gunzip.destroy();
  }

  async #run(act: (done: () => void) => void): Promise<boolean> {
    // Behind the last member zlib takes no more input and answers no more writes.
    if (!this.#isOver)
      await new Promise<void>((resolve) => {
        this.#settle = resolve;
        act(resolve);
      });
    return !this.#isDamaged;
  }

  #end(): void {
    this.#isOver = true;
    this.#settle();
  }
}
