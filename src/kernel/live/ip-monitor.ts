import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseRoutes } from "../routes.js";
import type { RouteNews } from "./route-news.js";
import type { RouteSource } from "./route-source.js";

/** Longer lines are none of ip's. */
const LONGEST_LINE = 65_536;

/**
 * Watches routes by `ip -ts monitor route`, whose times have microseconds.
 * @param onEnd when it ends unasked
 * @returns null where ip cannot be run
 */
export async function watchByIp(
  onNews: (news: RouteNews) => void,
  onEnd: () => void,
): Promise<RouteSource | null> {
  const child = spawn("ip", ["-o", "-ts", "monitor", "route"], {
    stdio: ["ignore", "pipe", "pipe"],
    // Its times name no zone.
    env: { ...process.env, TZ: "UTC", LC_ALL: "C" },
  });
  const isStarted = await new Promise((resolve) => {
    child.once("spawn", () => resolve(true));
    child.once("error", () => resolve(false));
  });
  if (!isStarted) return null;
  let isClosed = false;
  const lines = new Lines((line) => {
    for (const news of newsOfLine(line)) onNews(news);
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => lines.add(text));
  const complaints = new Lines((line) => {
    if (/No buffer space/.test(line)) onNews({ kind: "lost", epochNs: nowNs() });
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => complaints.add(text));
  const closed = once(child, "close").then(() => {
    if (!isClosed) onEnd();
  });
  return {
    async close() {
      isClosed = true;
      child.kill("SIGKILL");
      await closed;
    },
  };
}

/** The changes of one line of `ip -o -ts monitor route`, run in UTC. */
export function newsOfLine(line: string): readonly RouteNews[] {
  const samples = parseRoutes(line)?.samples ?? [];
  return samples.flatMap(({ at, rows }) =>
    rows.map((change): RouteNews => ({ kind: "change", epochNs: at?.epochNs ?? nowNs(), change })),
  );
}

function nowNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

/** Text in pieces, as lines. */
class Lines {
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = (lines.pop() ?? "").slice(0, LONGEST_LINE);
    for (const line of lines) this.#onLine(line);
  }
}
