import { setTimeout as delay } from "node:timers/promises";
import type { LiveFailure } from "./live-failure.js";
import type { FeedInterface, FeedRound, FeedRun, LiveFeed } from "./live-feed.js";
import type { ResolvedLiveOptions } from "./live-options.js";
import type { LiveDrops } from "./live-source.js";
import { TcpdumpLane } from "./tcpdump-lane.js";

/** Room for what came from one interface since the round before; holds several of the longest records. */
const LANE_BYTES = 2 * 1024 * 1024;
/** With less than this a round waits a little for more, so that slow traffic does not wake everyone for each frame. */
const WORTHWHILE_BYTES = 256 * 1024;
const GATHER_MS = 10;
/** How often tcpdump is asked for its counts. Milliseconds. */
const ASK_EVERY_MS = 1000;
/** tcpdump has the kernel give out what is waiting once a second; then a stop has reached all frames before it. */
const SETTLE_MS = 1200;
/** How often an absent interface is thought of. Milliseconds. */
const LOOK_EVERY_MS = 100;
const LOOPBACK = "lo";
/**
 * There each frame goes through the kernel's buffer when it is sent and again, at once, when it is received; the first copy
 * tcpdump throws away, but it counts both. The filter "inbound" would be no way out: libpcap applies filters itself to what its
 * buffer holds at the beginning, and cannot tell directions there.
 */
const COPIES_ON_LOOPBACK = 2;

/** A tcpdump for each interface, through a pipe: wherever tcpdump may capture, this program needs no rights. */
export class TcpdumpFeed implements LiveFeed {
  readonly backend = "tcpdump";
  readonly timestamps = "kernel";
  readonly notes: string[] = [];
  interfaces: readonly FeedInterface[] = [];
  readonly #lanes: readonly TcpdumpLane[];
  readonly #bytes: Uint8Array;
  readonly #gatherMs: number;
  #asking: NodeJS.Timeout | undefined;
  #interrupting: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isStopped = false;
  #wake: () => void = () => {};

  private constructor(options: ResolvedLiveOptions) {
    this.#gatherMs = Math.min(GATHER_MS, options.flushIntervalMs);
    const note = (text: string): void => {
      this.notes.push(text);
    };
    this.#lanes = options.interfaces.map((name) => new TcpdumpLane(name, options, note, () => this.#wake()));
    this.#bytes = new Uint8Array(this.#lanes.length * LANE_BYTES);
  }

  static async open(options: ResolvedLiveOptions): Promise<TcpdumpFeed | LiveFailure> {
    const feed = new TcpdumpFeed(options);
    for (;;) {
      const interfaces: FeedInterface[] = [];
      for (const lane of feed.#lanes) {
        const opened = lane.opened();
        if (opened === null) continue;
        if ("kind" in opened) {
          await feed.close();
          return opened;
        }
        interfaces.push(opened);
      }
      if (interfaces.length === feed.#lanes.length) {
        feed.interfaces = interfaces;
        feed.#asking = setInterval(() => feed.#askCounts(), ASK_EVERY_MS).unref();
        return feed;
      }
      await feed.#change();
    }
  }

  get damage(): string | null {
    const ends = this.#lanes.flatMap(({ end }) => end ?? []);
    return ends.length === 0 ? null : ends.join("; ");
  }

  drops(): LiveDrops {
    const sum = (of: (drops: LiveDrops) => number | null): number | null => {
      let total = 0;
      for (const { name, counts } of this.#lanes) {
        for (const each of counts) {
          const count = each === null ? null : of(each);
          if (count === null) return null;
          total += name === LOOPBACK ? Math.ceil(count / COPIES_ON_LOOPBACK) : count;
        }
      }
      return total;
    };
    return {
      received: sum(({ received }) => received),
      droppedByKernel: sum(({ droppedByKernel }) => droppedByKernel),
      droppedByInterface: sum(({ droppedByInterface }) => droppedByInterface),
    };
  }

  async next(): Promise<FeedRound | null> {
    while (!this.#isClosed) {
      const runs = this.#take();
      if (runs.length > 0) return { bytes: this.#bytes, runs };
      if (this.#lanes.every(({ end, isDone }) => end !== null || isDone)) break;
      for (const lane of this.#lanes) lane.retry();
      await this.#change();
      if (this.#lanes.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0) < WORTHWHILE_BYTES)
        await delay(this.#gatherMs);
    }
    await this.#finish();
    return null;
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearInterval(this.#asking);
    // Our clock has milliseconds, frames have nanoseconds: the millisecond that has begun belongs to it.
    const epochNs = BigInt(Date.now() + 1) * 1_000_000n;
    for (const lane of this.#lanes) lane.stop(epochNs);
    this.#interrupting = setTimeout(() => {
      for (const lane of this.#lanes) lane.interrupt();
    }, SETTLE_MS);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#asking);
    clearTimeout(this.#interrupting);
    this.#wake();
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  #askCounts(): void {
    for (const lane of this.#lanes) lane.askCounts();
  }

  #take(): FeedRun[] {
    const runs: FeedRun[] = [];
    let start = 0;
    for (const [interfaceIndex, lane] of this.#lanes.entries()) {
      const end = lane.take(this.#bytes, start, start + LANE_BYTES);
      if (end > start) runs.push({ interfaceIndex, start, end });
      start = end;
    }
    return runs;
  }

  async #finish(): Promise<void> {
    if (this.#lanes.some(({ counts }) => counts.some((each) => each === null)))
      this.notes.push("tcpdump did not tell how many frames it dropped.");
    const { droppedByKernel } = this.drops();
    if ((droppedByKernel ?? 0) > 0 && this.#lanes.some(({ name }) => name === LOOPBACK))
      this.notes.push(
        "On lo tcpdump counts each frame twice: half its count of drops is told, a few more or less.",
      );
    await this.close();
  }

  /** Resolves when something has come, or after a while. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
