import { stat } from "node:fs/promises";
import type { CaptureStream } from "./capture/expand-inputs.js";
import type { DecodeProgress } from "./decode/decode-series.js";

/** How far reading has come. */
export interface Progress {
  /** Octets of the (compressed) input, over all files; the total is null when a pipe is among them. */
  readonly bytesRead: number;
  readonly bytesTotal: number | null;
  readonly frames: number;
  /** What is being read. */
  readonly source: string;
}

/** Adds up the progress of files that are read one after the other. */
export class ProgressMeter {
  /** Octets of all files; null when a pipe is among them. */
  readonly bytesTotal: number | null;
  readonly #report: ((progress: Progress) => void) | undefined;
  #current: DecodeProgress | undefined;
  #bytesDone = 0;
  #framesDone = 0;

  private constructor(bytesTotal: number | null, report: ((progress: Progress) => void) | undefined) {
    this.bytesTotal = bytesTotal;
    this.#report = report;
  }

  static async start(
    streams: readonly CaptureStream[],
    report: ((progress: Progress) => void) | undefined,
  ): Promise<ProgressMeter> {
    let total = 0;
    for (const path of streams.flatMap((stream) => stream.paths)) {
      const stats = await stat(path).catch(() => null);
      if (stats === null || !stats.isFile()) return new ProgressMeter(null, report);
      total += stats.size;
    }
    return new ProgressMeter(total, report);
  }

  /** A file has been read so far; another path than before means that the one before is done. */
  reached(progress: DecodeProgress): void {
    const before = this.#current;
    if (before !== undefined && before.path !== progress.path) {
      this.#bytesDone += before.bytesRead;
      this.#framesDone += before.frames;
    }
    this.#current = progress;
    this.#report?.({
      bytesRead: this.#bytesDone + progress.bytesRead,
      bytesTotal: this.bytesTotal,
      frames: this.#framesDone + progress.frames,
      source: progress.path,
    });
  }
}
