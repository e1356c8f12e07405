import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";

/**
 * A pipe of the kernel. What Node gives a child as a pipe is a pair of sockets, where each record that tcpdump writes takes
 * three times the processor time, and room for a hundred records is all there is.
 */
export interface KernelPipe {
  readonly reader: Readable;
  /** For a child's output; whoever has started that closes it here. */
  readonly writeDescriptor: number;
}

/** Null where none can be made: mkfifo(1) is missing, or there is no room for temporary files. */
export function openKernelPipe(): KernelPipe | null {
  let folder: string | null = null;
  let readDescriptor: number | null = null;
  try {
    folder = mkdtempSync(join(tmpdir(), "tcptrace-analyze-"));
    const path = join(folder, "pipe");
    if (spawnSync("mkfifo", ["-m", "600", path]).status !== 0) return null;
    // Whoever opened one end alone would wait for the other: fifo(7).
    readDescriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writeDescriptor = openSync(path, constants.O_WRONLY);
    const reader = new Socket({ fd: readDescriptor, readable: true, writable: false });
    readDescriptor = null;
    return { reader, writeDescriptor };
  } catch {
    return null;
  } finally {
    if (readDescriptor !== null) closeSync(readDescriptor);
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}
