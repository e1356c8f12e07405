import type { ByteSource } from "./byte-source.js";
import type { ByteWindow } from "./byte-window.js";
import type { CaptureSource } from "./capture-source.js";
import { FrameBatch } from "./frame-batch.js";
import type { FrameParser } from "./frame-parser.js";

/** A parser fed from a source through a window. */
export class ParsedCapture implements CaptureSource {
  readonly #source: ByteSource;
  readonly #window: ByteWindow;
  readonly #parser: FrameParser;
  readonly #batch: FrameBatch;
  #damage: string | null = null;
  #isClosed = false;

  constructor(
    readonly path: string,
    readonly compression: CaptureSource["compression"],
    source: ByteSource,
    window: ByteWindow,
    parser: FrameParser,
    batchFrames: number,
  ) {
    this.#source = source;
    this.#window = window;
    this.#parser = parser;
    this.#batch = new FrameBatch(batchFrames);
  }

  get format(): CaptureSource["format"] {
    return this.#parser.format;
  }

  get interfaces(): CaptureSource["interfaces"] {
    return this.#parser.interfaces;
  }

  get originNs(): bigint | undefined {
    return this.#parser.originNs;
  }

  get bytesRead(): number {
    return this.#source.bytesRead;
  }

  get bytesTotal(): number | null {
    return this.#source.bytesTotal;
  }

  get frames(): number {
    return this.#parser.frames;
  }

  get damage(): string | null {
    return this.#damage;
  }

  get skipped(): ReadonlyMap<string, number> {
    return this.#parser.skipped;
  }

  get notes(): readonly string[] {
    return this.#parser.notes ?? [];
  }

  async *batches(): AsyncGenerator<FrameBatch, void, undefined> {
    const window = this.#window;
    const parser = this.#parser;
    const batch = this.#batch;
    batch.bytes = window.bytes;
    try {
      while (!this.#isClosed) {
        batch.length = 0;
        const neededBytes = parser.parse(window, batch);
        if (batch.length > 0) yield batch;
        if (parser.damage !== null) break;
        if (neededBytes === 0 || this.#isClosed || (await window.fill(neededBytes))) continue;
        if (!this.#isClosed) this.#finish();
        break;
      }
      this.#damage ??= parser.damage;
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#source.close();
  }

  /** The input's own damage explains a cut frame, not the other way round. */
  #finish(): void {
    const { damage } = this.#source;
    const place = this.frames === 0 ? "before the first frame" : `after frame ${this.frames}`;
    if (damage !== null) this.#damage = `the file ${damage} ${place}`;
    else this.#parser.finish(this.#window);
  }
}
