import { parentPort, workerData } from "node:worker_threads";
import type { FromRouteWorker, RouteWorkerData } from "./route-news.js";
import { RouteReader } from "./route-reader.js";

/** How soon a stop is noticed. */
const WAIT_MS = 100;

/** In a thread of its own, so that the times do not depend on how busy the others are. */
function watch({ stop }: RouteWorkerData): void {
  const reader = new RouteReader();
  const tell = (message: FromRouteWorker): void => parentPort?.postMessage(message);
  tell({ kind: "watching" });
  while (Atomics.load(stop, 0) === 0) {
    reader.wait(WAIT_MS);
    reader.read(tell);
  }
  reader.close();
}

watch(workerData);
