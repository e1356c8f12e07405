import { Worker } from "node:worker_threads";
import {
  CLOSE,
  DROPPED_BY_INTERFACE,
  DROPPED_BY_KERNEL,
  FIRST_SLOT,
  type FromLibpcapWorker,
  type LibpcapWorkerData,
  RECEIVED,
  RELEASES,
  RUN,
  SLOT_BYTES,
  SLOTS,
  STOP,
  WANTED,
} from "./libpcap-messages.js";
import type { LiveFailure } from "./live-failure.js";
import type { FeedInterface, FeedRound, LiveFeed } from "./live-feed.js";
import type { ResolvedLiveOptions } from "./live-options.js";
import type { LiveDrops } from "./live-source.js";

type RoundMessage = Extract<FromLibpcapWorker, { kind: "round" }>;

/** libpcap in a thread of its own. */
export class LibpcapFeed implements LiveFeed {
  readonly backend = "libpcap";
  readonly timestamps = "kernel";
  interfaces: readonly FeedInterface[] = [];
  readonly notes: string[] = [];
  damage: string | null = null;
  readonly #data: LibpcapWorkerData;
  readonly #rounds: RoundMessage[] = [];
  readonly #exited: Promise<void>;
  #failure: LiveFailure | null = null;
  /** The slot that the round given last lies in. */
  #borrowed = -1;
  #isEnded = false;
  #wake: () => void = () => {};

  private constructor(data: LibpcapWorkerData) {
    this.#data = data;
    const worker = new Worker(new URL("./libpcap-worker.js", import.meta.url), { workerData: data });
    worker.on("message", (message: FromLibpcapWorker) => this.#receive(message));
    worker.on("error", (error) => this.#end(`libpcap cannot be called (${error.message})`));
    this.#exited = new Promise((resolve) => {
      worker.once("exit", () => {
        this.#end("the capturing thread ended unasked");
        resolve();
      });
    });
  }

  static async open(options: ResolvedLiveOptions): Promise<LibpcapFeed | LiveFailure> {
    const feed = new LibpcapFeed({
      options,
      control: new Int32Array(new SharedArrayBuffer((FIRST_SLOT + SLOTS) * Int32Array.BYTES_PER_ELEMENT)),
      drops: new BigInt64Array(new SharedArrayBuffer(3 * BigInt64Array.BYTES_PER_ELEMENT)),
      slots: Array.from({ length: SLOTS }, () => new Uint8Array(new SharedArrayBuffer(SLOT_BYTES))),
    });
    while (feed.interfaces.length === 0 && !feed.#isEnded) await feed.#message();
    if (feed.interfaces.length > 0) return feed;
    await feed.close();
    // A thread that dies before it says anything could not load koffi.
    return feed.#failure ?? { kind: "noBackend", interfaceName: "", words: feed.damage ?? "" };
  }

  drops(): LiveDrops {
    const { drops, options } = this.#data;
    const count = (at: number): number => Number(Atomics.load(drops, at));
    // libpcap asks for the interface's own drops only where it is promiscuous (pcap_stats_linux).
    const isInterfaceAsked = options.isPromiscuous && !options.interfaces.includes("any");
    return {
      received: count(RECEIVED),
      droppedByKernel: count(DROPPED_BY_KERNEL),
      droppedByInterface: isInterfaceAsked ? count(DROPPED_BY_INTERFACE) : null,
    };
  }

  async next(): Promise<FeedRound | null> {
    this.#release();
    for (;;) {
      const message = this.#rounds.shift();
      if (message !== undefined) {
        this.#borrowed = message.slot;
        return { bytes: this.#data.slots[message.slot]!, runs: message.runs };
      }
      if (this.#isEnded) return null;
      await this.#message();
    }
  }

  stop(): void {
    this.#want(STOP);
  }

  async close(): Promise<void> {
    this.#want(CLOSE);
    await this.#exited;
  }

  #want(wanted: number): void {
    const { control } = this.#data;
    if (wanted === CLOSE) Atomics.store(control, WANTED, CLOSE);
    else Atomics.compareExchange(control, WANTED, RUN, wanted);
    Atomics.notify(control, RELEASES);
  }

  #release(): void {
    if (this.#borrowed < 0) return;
    const { control } = this.#data;
    Atomics.store(control, FIRST_SLOT + this.#borrowed, 0);
    this.#borrowed = -1;
    Atomics.add(control, RELEASES, 1);
    Atomics.notify(control, RELEASES);
  }

  #receive(message: FromLibpcapWorker): void {
    switch (message.kind) {
      case "opened":
        this.interfaces = message.interfaces;
        break;
      case "failed":
        this.#failure = message.failure;
        break;
      case "round":
        this.#rounds.push(message);
        break;
      case "note":
        this.notes.push(message.text);
        break;
      case "end":
        this.#end(message.damage);
    }
    this.#wake();
  }

  #end(damage: string | null): void {
    if (!this.#isEnded) this.damage = damage;
    this.#isEnded = true;
    this.#wake();
  }

  /** Resolves when something has come. */
  #message(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
