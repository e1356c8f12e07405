import { type FileHandle, open } from "node:fs/promises";
import { AnalyzeError } from "../errors.js";
import type { ByteSource } from "./byte-source.js";
import { systemErrorCode } from "./system-error.js";

/** A file on disk, or a named pipe, read from its beginning. */
export class FileSource implements ByteSource {
  bytesRead = 0;
  readonly bytesTotal: number | null;
  damage: string | null = null;
  readonly #file: FileHandle;
  #isClosed = false;

  private constructor(file: FileHandle, bytesTotal: number | null) {
    this.#file = file;
    this.bytesTotal = bytesTotal;
  }

  /** Throws AnalyzeError CAPTURE_NOT_FOUND or CAPTURE_UNREADABLE. */
  static async open(path: string): Promise<FileSource> {
    let file: FileHandle | undefined;
    try {
      file = await open(path, "r");
      const status = await file.stat();
      if (status.isDirectory())
        throw new AnalyzeError("CAPTURE_UNREADABLE", `${path} is a folder, not a capture.`);
      return new FileSource(file, status.isFile() ? status.size : null);
    } catch (error) {
      await file?.close();
      if (error instanceof AnalyzeError) throw error;
      throw openError(path, error);
    }
  }

  async read(target: Uint8Array, at: number): Promise<number> {
    if (this.#isClosed || this.damage !== null) return 0;
    try {
      const { bytesRead } = await this.#file.read(target, at, target.length - at, null);
      this.bytesRead += bytesRead;
      return bytesRead;
    } catch (error) {
      if (!this.#isClosed) this.damage = `cannot be read any further (${systemErrorCode(error)})`;
      return 0;
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#file.close();
  }
}

/** Stands in a name for octets that are not UTF-8. Which they were is lost, so that such a file cannot be opened. */
const NOT_UTF_8 = "\ufffd";

/** The sentence for a path that cannot be opened, with the system's error as its cause. */
export function openError(path: string, error: unknown): AnalyzeError {
  const code = systemErrorCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") {
    const doubt = path.includes(NOT_UTF_8) ? ", or its name is not UTF-8: rename it" : "";
    return new AnalyzeError("CAPTURE_NOT_FOUND", `${path} does not exist${doubt}.`, { cause: error });
  }
  const reason = code === "EACCES" || code === "EPERM" ? "permission denied" : code;
  return new AnalyzeError("CAPTURE_UNREADABLE", `${path} cannot be read: ${reason}.`, { cause: error });
}
