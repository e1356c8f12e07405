import type { Counter } from "../kernel/counter.js";
import type { RouteNews } from "../kernel/live/route-news.js";
import { RouteWatcher } from "../kernel/live/route-watcher.js";
import { sampleCounters } from "../kernel/live/sample-counters.js";
import { sampleListeners } from "../kernel/live/sample-listeners.js";
import { prepareSocketSamples, sampleSocket } from "../kernel/live/sample-socket.js";
import type { SocketTuple } from "../kernel/live/socket-tuple.js";
import type { RouteChange } from "../kernel/routes.js";
import type { ListenerRow, SocketRow } from "../kernel/socket-row.js";

/** Changes of routes that may wait for a sample; a router in trouble announces very many. */
const MOST_CHANGES = 20_000;

/** A change of the routes, and when: nanoseconds since 1970. */
export interface TimedRouteChange {
  readonly epochNs: bigint;
  readonly change: RouteChange;
}

/** A connection whose socket is to be looked up; this host may have either end of it, or both. */
export interface AskedSocket {
  readonly flowId: number;
  readonly tuples: readonly SocketTuple[];
}

/** A socket that is there. */
export interface FoundSocket {
  readonly flowId: number;
  readonly row: SocketRow;
}

/** What the kernel says at one moment. */
export interface KernelSample {
  readonly counters: readonly Counter[];
  /** Empty where they cannot be listed. */
  readonly listeners: readonly ListenerRow[];
  /** Those asked for. */
  readonly sockets: readonly FoundSocket[];
  /** Changes since the sample before, each with its own time. */
  readonly routes: readonly TimedRouteChange[];
}

/** Asks the kernel of this network namespace, and hears of its routes. What it does not tell is empty. */
export class KernelSampler {
  #routes: TimedRouteChange[] = [];
  #watcher: RouteWatcher | null = null;
  #unheard = 0;

  private constructor() {}

  /** To be closed at the end. */
  static async start(): Promise<KernelSampler> {
    await prepareSocketSamples();
    const sampler = new KernelSampler();
    sampler.#watcher = await RouteWatcher.start((news) => sampler.#hear(news));
    return sampler;
  }

  async sample(asked: readonly AskedSocket[]): Promise<KernelSample> {
    const [counters, listeners] = await Promise.all([sampleCounters(), sampleListeners()]);
    const sockets: FoundSocket[] = [];
    for (const { flowId, tuples } of asked) {
      for (const tuple of tuples) {
        const row = await sampleSocket(tuple);
        if (row !== null) sockets.push({ flowId, row });
      }
    }
    const routes = this.#routes;
    this.#routes = [];
    return { counters, listeners, sockets, routes };
  }

  /** What of the kernel's word is missing, as sentences. */
  get notes(): readonly string[] {
    if (this.#watcher === null) return ["Nobody tells of changed routes here: route_events stays empty."];
    const { doubt } = this.#watcher;
    const notes = doubt === null ? [] : [`The log of routes (route_events) ${doubt}.`];
    if (this.#unheard > 0)
      notes.push(
        `The log of routes (route_events) lacks ${this.#unheard} changes, more than could be kept at a time.`,
      );
    return notes;
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    await this.#watcher?.close();
  }

  #hear(news: RouteNews): void {
    if (news.kind === "lost") return;
    if (this.#routes.length < MOST_CHANGES) this.#routes.push(news);
    else this.#unheard++;
  }
}
