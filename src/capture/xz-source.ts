import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { ReadableStream } from "node:stream/web";
import type { ByteSource } from "./byte-source.js";
import { StreamSource } from "./stream-source.js";

const INPUT_BYTES = 64 * 1024;

/** xz decompressed in WebAssembly, for machines without the xz command: slower, otherwise the same. */
export class XzSource implements ByteSource {
  readonly #source: ByteSource;
  readonly #output: StreamSource;

  constructor(source: ByteSource) {
    this.#source = source;
    const compressed = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const input = new Uint8Array(INPUT_BYTES);
        const count = await source.read(input, 0);
        if (count === 0) controller.close();
        else controller.enqueue(input.subarray(0, count));
      },
    });
    // Loaded when needed only; required, because the package's CommonJS bundle hides its names from import.
    const xz: typeof import("xz-decompress") = createRequire(import.meta.url)("xz-decompress");
    this.#output = new StreamSource(Readable.fromWeb(new xz.XzReadableStream(compressed)));
  }

  get bytesRead(): number {
    return this.#source.bytesRead;
  }

  get bytesTotal(): number | null {
    return this.#source.bytesTotal;
  }

  get damage(): string | null {
    return this.#source.damage ?? (this.#output.damage === null ? null : "holds damaged or cut xz data");
  }

  read(target: Uint8Array, at: number): Promise<number> {
    return this.#output.read(target, at);
  }

  async close(): Promise<void> {
    await Promise.all([this.#output.close(), this.#source.close()]);
  }
}
