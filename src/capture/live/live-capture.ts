import type { CaptureInterface } from "../capture-source.js";
import { FrameBatch } from "../frame-batch.js";
import type { LiveFeed } from "./live-feed.js";
import type { ResolvedLiveOptions } from "./live-options.js";
import type { LiveBackend, LiveDrops, LiveSource } from "./live-source.js";
import { MergedRuns } from "./merge-runs.js";

/** What a backend feeds, as a capture. */
export class LiveCapture implements LiveSource {
  readonly format = "live";
  readonly compression = null;
  readonly bytesTotal = null;
  readonly skipped: ReadonlyMap<string, number> = new Map();
  readonly path: string;
  readonly originNs: bigint;
  readonly backend: LiveBackend;
  readonly timestamps: LiveSource["timestamps"];
  readonly interfaces: readonly CaptureInterface[];
  bytesRead = 0;
  readonly #feed: LiveFeed;
  readonly #runs: MergedRuns;
  readonly #batch: FrameBatch;
  #isClosed = false;

  constructor(feed: LiveFeed, { originNs, batchFrames }: ResolvedLiveOptions) {
    this.#feed = feed;
    this.#runs = new MergedRuns(feed.interfaces, originNs, batchFrames);
    this.#batch = new FrameBatch(batchFrames);
    this.originNs = originNs;
    this.backend = feed.backend;
    this.timestamps = feed.timestamps;
    this.path = feed.interfaces.map(({ name }) => name).join(",");
    this.interfaces = this.#runs.linkTypes.map((linkType, index) => {
      const { name, snaplenBytes } = feed.interfaces[index]!;
      return { linkType, name, snaplen: snaplenBytes, dropped: null };
    });
  }

  get frames(): number {
    return this.#runs.frames;
  }

  get damage(): string | null {
    return this.#feed.damage ?? this.#runs.damage;
  }

  get notes(): readonly string[] {
    return this.#feed.notes;
  }

  drops(): LiveDrops {
    return this.#feed.drops();
  }

  async *batches(): AsyncGenerator<FrameBatch, void, undefined> {
    try {
      while (!this.#isClosed && this.#runs.damage === null) {
        const round = await this.#feed.next();
        if (round === null) break;
        for (const run of round.runs) this.bytesRead += run.end - run.start;
        this.#runs.begin(round);
        while (!this.#isClosed && this.#runs.fill(this.#batch)) yield this.#batch;
      }
      this.#noteDrops();
    } finally {
      await this.close();
    }
  }

  stop(): void {
    this.#feed.stop();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#feed.close();
  }

  /** With several interfaces nobody tells which of them dropped: the count stands with the first. */
  #noteDrops(): void {
    const [first] = this.interfaces;
    const { droppedByKernel, droppedByInterface } = this.drops();
    if (first === undefined || (droppedByKernel === null && droppedByInterface === null)) return;
    first.dropped = (droppedByKernel ?? 0) + (droppedByInterface ?? 0);
  }
}
