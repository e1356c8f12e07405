import { readSync } from "node:fs";

/** Fills `bytes` from `position` of an open file on. Throws Error where the file ends before. */
export function readWhole(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const length = readSync(fd, bytes, done, bytes.length - done, position + done);
    if (length === 0) throw new Error(`the file ends in front of octet ${position + bytes.length}`);
    done += length;
  }
}
