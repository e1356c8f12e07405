import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { CaptureSource } from "../../src/capture/capture-source.js";
import { openCapture } from "../../src/capture/open-capture.js";

/** One frame, copied out of its batch. */
interface ReadFrame {
  readonly frame: number;
  readonly timeNs: number;
  readonly wireLength: number;
  readonly interfaceIndex: number;
  readonly bytes: Uint8Array;
}

export interface ReadCapture {
  readonly source: CaptureSource;
  readonly frames: readonly ReadFrame[];
}

/** Octets from hexadecimal digits; blanks and line ends are for the reader's eye. */
export function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replace(/\s+/g, ""), "hex"));
}

/** Reads a whole capture from memory, as standard input that comes in pieces of `pieceBytes`. */
export async function readBytes(
  bytes: Uint8Array,
  options: { batchFrames?: number; originNs?: bigint; pieceBytes?: number } = {},
): Promise<ReadCapture> {
  const { pieceBytes = 1 << 20, ...rest } = options;
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  const input = Readable.from(
    pieces.map((piece) => Buffer.from(piece)),
    { objectMode: false },
  );
  return readAll(await openCapture("-", { ...rest, input }));
}

export async function readFileAt(path: string): Promise<ReadCapture> {
  return readAll(await openCapture(path));
}

/** Reads what is left of a source and closes it. */
export async function readAll(source: CaptureSource): Promise<ReadCapture> {
  const frames: ReadFrame[] = [];
  for await (const batch of source.batches()) {
    for (let row = 0; row < batch.length; row++) {
      const at = batch.at[row]!;
      frames.push({
        frame: batch.frame[row]!,
        timeNs: batch.timeNs[row]!,
        wireLength: batch.wireLength[row]!,
        interfaceIndex: batch.interfaceIndex[row]!,
        bytes: batch.bytes.slice(at, at + batch.capturedLength[row]!),
      });
    }
  }
  return { source, frames };
}

/** Runs `use` with a folder that holds the given files and is removed afterwards. */
export async function withFolder(
  files: Readonly<Record<string, Uint8Array | string>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "capture-test-"));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
