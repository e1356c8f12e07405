import type { CaptureSource } from "../capture/capture-source.js";
import { readSeries } from "../capture/capture-stream.js";
import type { CaptureStream } from "../capture/expand-inputs.js";
import type { FrameBatch } from "../capture/frame-batch.js";
import type { OpenOptions } from "../capture/open-capture.js";
import { Decoder } from "./decode.js";
import type { DecodeCount } from "./decode-counts.js";
import { Encapsulations } from "./encapsulations.js";
import { FragmentTable } from "./fragment-table.js";
import type { IcmpError } from "./icmp-error.js";
import { SegmentBatch } from "./segment-batch.js";

/** The next segments of a stream, borrowed until the next part is asked for. */
export interface DecodedBatch {
  readonly kind: "batch";
  readonly segments: SegmentBatch;
  readonly icmpErrors: readonly IcmpError[];
  readonly progress: DecodeProgress;
}

/** A file has been read to its end, or to where it is damaged; what follows is of the next one. */
export interface DecodedFile {
  readonly kind: "file";
  readonly file: FileFacts;
  /** Names of the encapsulations met so far, by index; 0 is none. */
  readonly encapsulations: readonly string[];
}

export type DecodedPart = DecodedBatch | DecodedFile;

export interface DecodeProgress {
  readonly path: string;
  /** Octets of the (compressed) file, and frames, read so far. */
  readonly bytesRead: number;
  readonly frames: number;
}

/** What is to be said of a file when it has been read. Plain data. */
export interface FileFacts {
  readonly path: string;
  readonly format: CaptureSource["format"];
  readonly compression: CaptureSource["compression"];
  readonly interfaces: readonly InterfaceFacts[];
  /** The moment that times count from, nanoseconds since 1970; undefined without frames. */
  readonly originNs: bigint | undefined;
  readonly bytesRead: number;
  readonly frames: number;
  readonly tcpFrames: number;
  /** ICMP errors that quote a TCP segment. */
  readonly icmpErrors: number;
  /** Frames of which a snaplen kept only the beginning. */
  readonly truncatedFrames: number;
  /** Time of the first frame, nanoseconds since the stream's origin; null without frames. */
  readonly startNs: number | null;
  /** Time of the latest frame, likewise: the last one, unless the file is out of order. */
  readonly endNs: number | null;
  /** From the earliest frame to the latest. */
  readonly durationNs: number;
  readonly damage: string | null;
  /** What the input does not tell, a sentence each. */
  readonly notes: readonly string[];
  /** Frames that are neither a segment nor an ICMP error, by name. */
  readonly counts: readonly DecodeCount[];
}

export interface InterfaceFacts {
  readonly name: string | null;
  readonly linkType: number;
  readonly snaplen: number;
  readonly dropped: number | null;
}

export interface DecodeOptions extends OpenOptions {
  /** Shared by streams of one run, so that an index means the same in all. */
  readonly encapsulations?: Encapsulations;
  /** Gives the batch to fill, of at least `capacity` rows; default: the same one again and again. */
  readonly takeBatch?: (capacity: number) => SegmentBatch | Promise<SegmentBatch>;
}

/** Reads and decodes the files of one stream, in this thread. Throws what openCapture does. */
export async function* decodeSeries(
  stream: CaptureStream,
  options: DecodeOptions = {},
): AsyncGenerator<DecodedPart, void, undefined> {
  const encapsulations = options.encapsulations ?? new Encapsulations();
  const fragments = new FragmentTable();
  let reused = new SegmentBatch(0);
  const reuseBatch = (capacity: number): SegmentBatch => {
    if (reused.capacity < capacity) reused = new SegmentBatch(capacity);
    return reused;
  };
  const takeBatch = options.takeBatch ?? reuseBatch;
  for await (const source of readSeries(stream, options)) {
    const decoder = new Decoder(source.interfaces, encapsulations, fragments);
    const tally = new FrameTally();
    for await (const frames of source.batches()) {
      const segments = await takeBatch(frames.capacity);
      decoder.decode(frames, segments);
      tally.add(frames, segments.length, decoder.icmpErrors.length);
      const progress = { path: source.path, bytesRead: source.bytesRead, frames: source.frames };
      yield { kind: "batch", segments, icmpErrors: decoder.icmpErrors, progress };
    }
    yield {
      kind: "file",
      file: tally.facts(source, decoder.counts.entries()),
      encapsulations: Array.from({ length: encapsulations.size }, (_, index) => encapsulations.name(index)),
    };
  }
}

/** Counts the frames of one file, or of a live capture so far. */
export class FrameTally {
  #frames = 0;
  #tcpFrames = 0;
  #icmpErrors = 0;
  #truncatedFrames = 0;
  #firstNs: number | null = null;
  #earliestNs = Number.POSITIVE_INFINITY;
  #latestNs = Number.NEGATIVE_INFINITY;

  add(frames: FrameBatch, segments: number, icmpErrors: number): void {
    const { length, capturedLength, wireLength, timeNs } = frames;
    this.#frames += length;
    this.#tcpFrames += segments;
    this.#icmpErrors += icmpErrors;
    if (length > 0) this.#firstNs ??= timeNs[0]!;
    for (let i = 0; i < length; i++) {
      if (capturedLength[i]! < wireLength[i]!) this.#truncatedFrames++;
      if (timeNs[i]! < this.#earliestNs) this.#earliestNs = timeNs[i]!;
      if (timeNs[i]! > this.#latestNs) this.#latestNs = timeNs[i]!;
    }
  }

  facts(source: CaptureSource, counts: readonly DecodeCount[]): FileFacts {
    return {
      path: source.path,
      format: source.format,
      compression: source.compression,
      interfaces: source.interfaces.map(({ name, linkType, snaplen, dropped }) => ({
        name,
        linkType,
        snaplen,
        dropped,
      })),
      // A file of simple packet blocks only has no times: it counts from 1970, as a text without times does.
      originNs: source.originNs ?? (this.#frames > 0 ? 0n : undefined),
      bytesRead: source.bytesRead,
      frames: this.#frames,
      tcpFrames: this.#tcpFrames,
      icmpErrors: this.#icmpErrors,
      truncatedFrames: this.#truncatedFrames,
      startNs: this.#firstNs,
      endNs: this.#frames === 0 ? null : this.#latestNs,
      durationNs: this.#frames === 0 ? 0 : this.#latestNs - this.#earliestNs,
      damage: source.damage,
      notes: source.notes,
      counts,
    };
  }
}
