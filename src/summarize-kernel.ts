import { isFull, nameListener } from "./engine/accept-queue.js";
import type { KernelObservations } from "./kernel/observations.js";
import type { KernelSummary, QueueSummary } from "./report/report.js";
import { isoTime } from "./store-results.js";

/** Counters that say why handshakes and connections are dropped. */
const TELLING =
  /^TcpExt(Listen(Overflows|Drops)|Syncookies(Sent|Recv|Failed)|TCPReqQFull(DoCookies|Drop)|TCPTimeWaitOverflow|TCPDeferAcceptDrop|TCPBacklogDrop|TCPRcvQDrop|TCPAbortOnMemory|EmbryonicRsts)$/;
/** Listeners named in a report. */
const MAX_LISTENERS = 100;

/** What the kernel's files hold, for the report. `originNs`: the moment that their times count from. */
export function summarizeKernel(kernel: KernelObservations, originNs: bigint): KernelSummary {
  const iso = (timeNs: number | null): string | null =>
    timeNs === null ? null : isoTime(originNs + BigInt(Math.round(timeNs)));
  const queues = new Map<string, QueueSummary>();
  for (const listener of kernel.listeners) {
    const name = nameListener(listener);
    const before = queues.get(name);
    const isFuller = before === undefined || listener.acceptQueue > before.acceptQueue;
    queues.set(name, {
      listener: name,
      process: listener.process ?? before?.process ?? null,
      samples: (before?.samples ?? 0) + 1,
      fullSamples: (before?.fullSamples ?? 0) + (isFull(listener) ? 1 : 0),
      acceptQueue: isFuller ? listener.acceptQueue : before.acceptQueue,
      backlog: isFuller ? listener.backlog : before.backlog,
    });
  }
  const grown = new Map<string, number>();
  for (const { name, delta } of kernel.counters) {
    if (delta !== null && delta > 0 && TELLING.test(name)) grown.set(name, (grown.get(name) ?? 0) + delta);
  }
  return {
    files: kernel.files.map(({ path, kind, formats, samples, unknownLines, firstNs, lastNs, doubt }) => ({
      path,
      kind,
      formats,
      samples,
      firstAt: iso(firstNs),
      lastAt: iso(lastNs),
      doubt,
      unknownLines,
    })),
    listeners: queues.size,
    fullListeners: [...queues.values()].filter(({ fullSamples }) => fullSamples > 0).slice(0, MAX_LISTENERS),
    grownCounters: [...grown].map(([name, delta]) => ({ name, delta })),
    sockets: kernel.sockets.length,
    routeEvents: kernel.routes.length,
  };
}
