/**
 * Changes routes by ip and prints as JSON what was told of it. Run in a network namespace of its own, by
 * NetworkNamespace.runScript.
 */
import { execFileSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { realTimeNs } from "../../../src/kernel/live/host-network.js";
import { watchByIp } from "../../../src/kernel/live/ip-monitor.js";
import type { RouteNews } from "../../../src/kernel/live/route-news.js";
import { RouteReader } from "../../../src/kernel/live/route-reader.js";

export interface WatchOptions {
  /** netlink and ip tell each change before the next is made; unread: all are made before anything is read. */
  readonly way: "netlink" | "ip" | "unread";
  readonly changes: readonly (readonly string[])[];
  /** So many more routes, made in one go. */
  readonly routes?: number;
}

export interface WatchResult {
  readonly way: string;
  readonly news: readonly { readonly kind: string; readonly change?: unknown }[];
  /** Changes whose time is not between the moment before they were made and one half a second later. */
  readonly untimely: number;
  readonly doubt: string | null;
}

type Watcher = typeof import("../../../src/kernel/live/route-watcher.js").RouteWatcher;

/** Longer than telling takes; the main thread does nothing else meanwhile. */
const BUSY_MS = 500;
const PATIENCE_MS = 5000;

/** A thread runs built code only. */
async function importBuilt(): Promise<Watcher> {
  const url = new URL("../../../dist/kernel/live/route-watcher.js", import.meta.url).href;
  const built: { RouteWatcher: Watcher } = await import(url);
  return built.RouteWatcher;
}

async function watch({ way, changes }: WatchOptions): Promise<WatchResult> {
  const news: RouteNews[] = [];
  const add = (each: RouteNews): void => {
    news.push(each);
  };
  let untimely = 0;
  const watcher = way === "netlink" ? await (await importBuilt()).start(add) : null;
  const source = watcher ?? (await watchByIp(add, () => {}));
  // ip does not tell when it has begun.
  if (way === "ip") await setTimeout(BUSY_MS);
  for (const parameters of changes) {
    const known = news.length;
    const beganNs = realTimeNs();
    execFileSync("ip", [...parameters]);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS);
    const endedNs = realTimeNs();
    for (let waitedMs = 0; news.length === known && waitedMs < PATIENCE_MS; waitedMs += 10)
      await setTimeout(10);
    // Times of ip have microseconds.
    for (const { epochNs } of news.slice(known))
      if (epochNs < beganNs - 1000n || epochNs > endedNs) untimely++;
  }
  await source?.close();
  return { way: watcher?.way ?? way, news, untimely, doubt: watcher?.doubt ?? null };
}

function readLate({ routes = 0 }: WatchOptions): WatchResult {
  const news: RouteNews[] = [];
  const reader = new RouteReader();
  const lines = Array.from({ length: routes }, (_, index) => {
    const prefix = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
    return `route add ${prefix} dev d0`;
  });
  execFileSync("ip", ["-batch", "-"], { input: lines.join("\n") });
  reader.read((each) => news.push(each));
  reader.close();
  return { way: "unread", news, untimely: 0, doubt: null };
}

const options: WatchOptions = JSON.parse(process.argv[2] ?? "{}");
const result = options.way === "unread" ? readLate(options) : await watch(options);
console.log(JSON.stringify(result, (_, value) => (typeof value === "bigint" ? String(value) : value)));
