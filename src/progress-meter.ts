import { stat } from "node:fs/promises";
import type { CaptureSource } from "./capture/capture-source.js";
import type { CaptureStream } from "./capture/expand-inputs.js";

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
  readonly #report: ((progress: Progress) => void) | undefined;
  readonly #bytesTotal: number | null;
  #current: CaptureSource | undefined;
  #bytesDone = 0;
  #framesDone = 0;

  private constructor(bytesTotal: number | null, report: ((progress: Progress) => void) | undefined) {
    this.#bytesTotal = bytesTotal;
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

  /** `source` is being read, or has just ended. */
  reading(source: CaptureSource): void {
    const before = this.#current;
    if (before !== undefined && before !== source) {
      this.#bytesDone += before.bytesRead;
      this.#framesDone += before.frames;
    }
    this.#current = source;
    this.#report?.({
      bytesRead: this.#bytesDone + source.bytesRead,
      bytesTotal: this.#bytesTotal,
      frames: this.#framesDone + source.frames,
      source: source.path,
    });
  }
}
