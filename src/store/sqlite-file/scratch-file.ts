import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import type { WriteFunction } from "./page-file.js";

/** A file for what does not fit in memory; it is there from the first write to `close`. */
export class ScratchFile {
  readonly #path: string;
  readonly #write: WriteFunction;
  #fd: number | undefined;

  constructor(path: string, write: WriteFunction = writeSync) {
    this.#path = path;
    this.#write = write;
  }

  /** Whether anything was written. */
  get exists(): boolean {
    return this.#fd !== undefined;
  }

  /** Writes the first `length` octets of `bytes` at `position`. */
  write(bytes: Uint8Array, length: number, position: number): void {
    this.#fd ??= openSync(this.#path, "wx+");
    for (let done = 0; done < length; )
      done += this.#write(this.#fd, bytes, done, length - done, position + done);
  }

  /** Fills the first `length` octets of `target` with those at `position`, which were written. */
  read(target: NodeJS.ArrayBufferView, length: number, position: number): void {
    if (this.#fd === undefined) throw new Error("nothing was written to the scratch file");
    for (let done = 0; done < length; ) {
      const read = readSync(this.#fd, target, done, length - done, position + done);
      if (read === 0) throw new Error("the scratch file ends too early");
      done += read;
    }
  }

  /** Removes the file; safe to call at any time and twice. */
  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
    rmSync(this.#path, { force: true });
  }
}
