import type { SegmentBatch } from "../decode/segment-batch.js";
import { type SegmentsPlace, SegmentsWriter } from "./segments-writer.js";
import { PageFile } from "./sqlite-file/page-file.js";
import { asWriteError } from "./write-error.js";

/**
 * The segments of a database whose other tables another thread writes: this one's half of DatabaseWriter.shareSegments.
 * Writes from `takeOver` to `handOver` only. Throws AnalyzeError when the system refuses.
 */
export class SharedSegments {
  readonly #place: SegmentsPlace;
  readonly #file: PageFile;
  readonly #segments: SegmentsWriter;

  constructor(place: SegmentsPlace) {
    this.#place = place;
    this.#file = this.#try(() => new PageFile(place.database));
    this.#segments = new SegmentsWriter(this.#file, place);
  }

  /** Goes on behind `pageCount` pages. */
  takeOver(pageCount: number): void {
    this.#file.takeOver(pageCount);
  }

  /** Appends segments in capture order; the flow table has filled their columns. */
  append(batch: SegmentBatch): void {
    this.#try(() => this.#segments.append(batch, batch.captureId));
  }

  /** Ends the table and writes its index. */
  finish(): void {
    this.#try(() => this.#segments.finish());
  }

  /** Safe to call at any time and twice. */
  close(): void {
    this.#segments.close();
    this.#file.close();
  }

  /** Writes what is buffered and returns the page count, behind which the other thread goes on. */
  handOver(): number {
    return this.#try(() => this.#file.handOver());
  }

  #try<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw asWriteError(this.#place.target, error);
    }
  }
}
