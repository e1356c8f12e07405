import type { Readable } from "node:stream";
import type { ByteSource } from "./byte-source.js";
import { systemErrorCode } from "./system-error.js";

/** The octets of a Node stream: standard input, or the output of a command. */
export class StreamSource implements ByteSource {
  bytesRead = 0;
  readonly bytesTotal = null;
  damage: string | null = null;
  readonly #stream: Readable;
  #chunk: Uint8Array | null = null;
  #isEnded = false;
  #wake: () => void = () => {};

  constructor(stream: Readable) {
    this.#stream = stream;
    this.#isEnded = stream.readableEnded || stream.destroyed;
    const end = (): void => {
      this.#isEnded = true;
      this.#wake();
    };
    stream.on("readable", () => this.#wake());
    stream.on("end", end);
    stream.on("close", end);
    stream.on("error", (error) => {
      this.damage = `cannot be read any further (${systemErrorCode(error)})`;
      end();
    });
  }

  async read(target: Uint8Array, at: number): Promise<number> {
    while (this.#chunk === null) {
      const chunk: unknown = this.#stream.read();
      if (chunk !== null) {
        this.#chunk =
          chunk instanceof Uint8Array
            ? chunk
            : Buffer.from(String(chunk), this.#stream.readableEncoding ?? "utf8");
        break;
      }
      if (this.#isEnded) return 0;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const count = Math.min(this.#chunk.length, target.length - at);
    target.set(this.#chunk.subarray(0, count), at);
    this.#chunk = count < this.#chunk.length ? this.#chunk.subarray(count) : null;
    this.bytesRead += count;
    return count;
  }

  async close(): Promise<void> {
    this.#chunk = null;
    this.#isEnded = true;
    this.#stream.destroy();
    this.#wake();
  }
}
