import { Worker } from "node:worker_threads";
import type { FromRouteWorker, RouteNews, RouteWorkerData } from "./route-news.js";
import type { RouteSource } from "./route-source.js";

/**
 * Watches routes in a thread.
 * @param onEnd when it ends unasked
 * @returns null where this machine or its kernel has no netlink
 */
export function watchInThread(
  onNews: (news: RouteNews) => void,
  onEnd: () => void,
): Promise<RouteSource | null> {
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: RouteWorkerData = { stop };
  const worker = new Worker(new URL("./route-worker.js", import.meta.url), { workerData });
  const exited = new Promise<void>((resolve) => {
    worker.once("exit", () => resolve());
  });
  const source: RouteSource = {
    async close() {
      Atomics.store(stop, 0, 1);
      worker.ref();
      await exited;
    },
  };
  return new Promise((resolve) => {
    worker.on("message", (message: FromRouteWorker) => {
      if (message.kind !== "watching") {
        if (Atomics.load(stop, 0) === 0) onNews(message);
        return;
      }
      // Nobody shall stay for its sake.
      worker.unref();
      resolve(source);
    });
    // It is followed by the exit.
    worker.on("error", () => {});
    worker.once("exit", () => {
      resolve(null);
      if (Atomics.load(stop, 0) === 0) onEnd();
    });
  });
}
