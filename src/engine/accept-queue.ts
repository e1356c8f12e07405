import type { AlignedTime } from "../kernel/clock.js";
import type { CounterReading, KernelObservations, ListenerReading } from "../kernel/observations.js";
import { formatEndpoint } from "../tcp/address.js";
import type { TimeWindow } from "./time-window.js";

/** What the lists of sockets say of one listener's accept queue. */
export interface QueueTestimony {
  /**
   * full: more connections waited than the backlog allows. free: the listener was listed, and never so. missing: sockets
   * were listed, and no listener was there. silent: nothing was listed at the time, or without backlogs.
   */
  readonly verdict: "full" | "free" | "missing" | "silent";
  /** Times at which the listener was listed with its backlog, and those at which its queue was full. */
  readonly samples: number;
  readonly fullSamples: number;
  /** When it was fullest; null when it was not listed. */
  readonly fullest: ListenerReading | null;
}

/** What a counter says of a window. */
export interface GrowthTestimony {
  readonly verdict: "grown" | "still" | "silent";
  readonly delta: number;
  /** From the reading before the window, or in it, to the one that ends it; 0 when silent. Nanoseconds. */
  readonly spanNs: number;
}

/** What is listed so shortly before or after a window belongs to it. */
const NEARBY_NS = 1_000_000_000;
/** A counter that was read less often than this around a window may have grown at any other time. */
const LONGEST_REACH_NS = 60_000_000_000;

/** Addresses that stand for all: `*` and `::` also take IPv4 connections, unless told not to. */
const WILDCARDS: Readonly<Record<string, (address: string) => boolean>> = {
  "*": () => true,
  "::": () => true,
  "0.0.0.0": (address) => !address.includes(":"),
};

/** Whether connections to `address`:`port` are that listener's. */
export function listensOn(listener: { addr: string; port: number }, address: string, port: number): boolean {
  if (listener.port !== port) return false;
  const addr = listener.addr.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
  return addr === address.toLowerCase() || (WILDCARDS[addr]?.(address) ?? false);
}

/** What was seen of the queue of `address`:`port` in a window. */
export function queueTestimony(
  kernel: KernelObservations,
  address: string,
  port: number,
  window: TimeWindow,
): QueueTestimony {
  const isNear = (at: AlignedTime): boolean =>
    !at.isTimed || (at.timeNs >= window.startNs - NEARBY_NS && at.timeNs <= window.endNs + NEARBY_NS);
  const own = kernel.listeners.filter((each) => isNear(each) && listensOn(each, address, port));
  // A listener of the very address gets the connections; one of all addresses beside it does not.
  const exact = own.filter(({ addr }) => !Object.hasOwn(WILDCARDS, addr));
  const told = (exact.length > 0 ? exact : own).filter(({ backlog }) => backlog !== null);
  if (own.length === 0) {
    const wasListed = kernel.listeners.some((each) => isNear(each));
    return { verdict: wasListed ? "missing" : "silent", samples: 0, fullSamples: 0, fullest: null };
  }
  if (told.length === 0) return { verdict: "silent", samples: 0, fullSamples: 0, fullest: null };
  const full = told.filter(isFull);
  const fullest = told.reduce((most, each) => (each.acceptQueue > most.acceptQueue ? each : most));
  return {
    verdict: full.length > 0 ? "full" : "free",
    samples: new Set(told.map(({ timeNs }) => timeNs)).size,
    fullSamples: new Set(full.map(({ timeNs }) => timeNs)).size,
    fullest,
  };
}

/** A queue takes one connection more than the backlog says. Linux include/net/sock.h, sk_acceptq_is_full. */
export function isFull({ acceptQueue, backlog }: { acceptQueue: number; backlog: number | null }): boolean {
  return backlog !== null && acceptQueue > backlog;
}

/** How a counter grew in a window. Readings that reach far beyond it do not count, for they tell of another time, too. */
export function growthTestimony(
  counters: readonly CounterReading[],
  name: string,
  window: TimeWindow,
): GrowthTestimony {
  let [delta, sinceNs, untilNs] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const reading of counters) {
    if (reading.name !== name || reading.delta === null || reading.sinceNs === null) continue;
    if (reading.isTimed) {
      if (reading.timeNs < window.startNs || reading.sinceNs > window.endNs) continue;
      const beforeNs = window.startNs - reading.sinceNs;
      if (beforeNs > LONGEST_REACH_NS || reading.timeNs - window.endNs > LONGEST_REACH_NS) continue;
    }
    delta += reading.delta;
    sinceNs = Math.min(sinceNs, reading.sinceNs);
    untilNs = Math.max(untilNs, reading.timeNs);
  }
  if (untilNs < sinceNs) return { verdict: "silent", delta: 0, spanNs: 0 };
  return { verdict: delta > 0 ? "grown" : "still", delta, spanNs: untilNs - sinceNs };
}

/** `127.0.0.1:8080`, `*:80`. */
export function nameListener({ addr, port }: { addr: string; port: number }): string {
  return formatEndpoint(addr, port);
}
