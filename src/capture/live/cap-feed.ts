import { CapLane } from "./cap-lane.js";
import { CAP_LINK_TYPES, createCapDevice } from "./cap-module.js";
import { LibpcapFeed } from "./libpcap-feed.js";
import type { LiveFailure } from "./live-failure.js";
import type { FeedInterface, FeedRound, FeedRun, LiveFeed } from "./live-feed.js";
import type { ResolvedLiveOptions } from "./live-options.js";
import type { LiveDrops } from "./live-source.js";
import { failureOfWords } from "./tcpdump-words.js";

/** What the kernel has when a stop comes has arrived when nothing came for so long, and is given up after so long. Milliseconds. */
const SETTLE_MS = 50;
const LONGEST_SETTLE_MS = 1000;

/**
 * The npm package cap, for comparison: it gives neither the kernel's times nor frames' lengths on the wire nor counts of
 * drops, always captures promiscuously, and does not notice when an interface goes away.
 */
export class CapFeed implements LiveFeed {
  readonly backend = "cap";
  readonly timestamps = "arrival";
  readonly damage = null;
  readonly #lanes: CapLane[] = [];
  #bytes: Uint8Array = new Uint8Array(0);
  #isStopped = false;
  #isClosed = false;
  #wake: () => void = () => {};

  static async open(options: ResolvedLiveOptions): Promise<CapFeed | LiveFailure> {
    // A device of cap that fails to open brings the whole process down later: whoever can tell why is asked first.
    const probe = await LibpcapFeed.open(options);
    if ("kind" in probe) return probe;
    await probe.close();
    const feed = new CapFeed();
    for (const name of options.interfaces) {
      const failure = feed.#add(name, options);
      if (failure === null) continue;
      await feed.close();
      return failure;
    }
    feed.#bytes = new Uint8Array(feed.#lanes.length * CapLane.roundBytes);
    return feed;
  }

  get interfaces(): readonly FeedInterface[] {
    return this.#lanes.map((lane) => lane.interface);
  }

  get notes(): readonly string[] {
    const lost = this.#lanes.reduce((sum, lane) => sum + lane.lost, 0);
    const told = "cap does not tell how many frames were dropped before they reached it.";
    return lost === 0
      ? [told]
      : [told, `${lost} frames were dropped behind it, for they were not read in time.`];
  }

  drops(): LiveDrops {
    return { received: null, droppedByKernel: null, droppedByInterface: null };
  }

  async next(): Promise<FeedRound | null> {
    for (;;) {
      const runs = this.#take();
      if (runs.length > 0) return { bytes: this.#bytes, runs };
      if (this.#isClosed) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#settle(performance.now(), this.#arrived);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const lane of this.#lanes) lane.close();
    this.#wake();
  }

  get #arrived(): number {
    return this.#lanes.reduce((sum, { arrived }) => sum + arrived, 0);
  }

  #settle(stoppedMs: number, arrivedBefore: number): void {
    setTimeout(() => {
      // Behind the phase in which frames arrive: a busy program comes to its timers first.
      setImmediate(() => {
        const arrived = this.#arrived;
        const isOver = arrived === arrivedBefore || performance.now() - stoppedMs > LONGEST_SETTLE_MS;
        if (isOver) void this.close();
        else this.#settle(stoppedMs, arrived);
      });
    }, SETTLE_MS);
  }

  #add(name: string, { filter, bufferBytes, snaplenBytes }: ResolvedLiveOptions): LiveFailure | null {
    const device = createCapDevice();
    if (device === null)
      return {
        kind: "noBackend",
        interfaceName: name,
        words: "the npm package cap is not installed (npm builds it where libpcap's headers are)",
      };
    const frame = CapLane.createFrame();
    let linkTypeName: string;
    try {
      linkTypeName = device.open(name, filter, bufferBytes, frame);
    } catch (error) {
      return failureOfWords(error instanceof Error ? error.message : String(error), name, filter);
    }
    const linkType = CAP_LINK_TYPES.get(linkTypeName);
    if (linkType === undefined) {
      device.close();
      return {
        kind: "other",
        interfaceName: name,
        words: `cap does not know its link type (${linkTypeName})`,
      };
    }
    this.#lanes.push(new CapLane(device, frame, name, linkType, snaplenBytes, () => this.#wake()));
    return null;
  }

  #take(): FeedRun[] {
    const runs: FeedRun[] = [];
    let start = 0;
    for (const [interfaceIndex, lane] of this.#lanes.entries()) {
      const end = lane.take(this.#bytes, start);
      if (end > start) runs.push({ interfaceIndex, start, end });
      start = end;
    }
    return runs;
  }
}
