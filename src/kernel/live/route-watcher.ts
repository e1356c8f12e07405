import { watchByIp } from "./ip-monitor.js";
import type { RouteNews } from "./route-news.js";
import type { RouteSource } from "./route-source.js";
import { watchInThread } from "./route-thread.js";

/**
 * Tells of the changes of this network namespace's routes that the kernel announces. It does not announce what goes with
 * a device or an address, as long as it is IPv4 (fib_table_flush).
 */
export class RouteWatcher {
  /** netlink: times of reading, well under a millisecond late. ip: those of `ip monitor`, which are about as good. */
  readonly way: "netlink" | "ip";
  /** How often changes were lost, because they came faster than they could be read. */
  losses = 0;
  #isEnded = false;
  #source: RouteSource | null = null;

  private constructor(way: "netlink" | "ip") {
    this.way = way;
  }

  /** To be closed at the end. Null where nobody can watch. */
  static async start(onNews: (news: RouteNews) => void): Promise<RouteWatcher | null> {
    for (const [way, watch] of [
      ["netlink", watchInThread],
      ["ip", watchByIp],
    ] as const) {
      const watcher = new RouteWatcher(way);
      watcher.#source = await watch(
        (news) => {
          if (news.kind === "lost") watcher.losses++;
          onNews(news);
        },
        () => {
          watcher.#isEnded = true;
        },
      );
      if (watcher.#source !== null) return watcher;
    }
    return null;
  }

  /** Why what was told is not all: a predicate whose subject is the log of routes; null when nothing is known to lack. */
  get doubt(): string | null {
    if (this.#isEnded) return "ended early, so that later changes are missing";
    if (this.losses === 0) return null;
    const often = this.losses === 1 ? "once" : `${this.losses} times`;
    return `lacks changes, for ${often} they came faster than they could be read`;
  }

  async close(): Promise<void> {
    await this.#source?.close();
  }
}
