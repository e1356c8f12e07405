import type { AlignedTime } from "../kernel/clock.js";
import { isCount } from "../kernel/counters.js";
import type {
  CounterReading,
  KernelObservations,
  ListenerReading,
  RouteEvent,
  SocketReading,
} from "../kernel/observations.js";
import type { RowsOf } from "../store/live/live-messages.js";
import type { KernelSample, TimedRouteChange } from "./kernel-sampler.js";
import { CAPTURE_ID } from "./live-flows.js";
import { NewSockets } from "./new-sockets.js";

/** How long what the kernel said is remembered for looks, and how much of it at most. */
const MEMORY_NS = 900_000_000_000;
const MAX_ROWS = 100_000;
/** Readings of a counter that stood still are told as one, up to this long. */
const LONGEST_STILL_NS = 10_000_000_000;
const PLACE = { captureId: CAPTURE_ID, host: null };

/** Keeps what the kernel said in the last minutes, and tells what of it is new. */
export class KernelWatch {
  /** Those that are told in full, and of each counter the latest, which may still be joined with the next. */
  #counters: CounterReading[] = [];
  readonly #latest = new Map<string, CounterReading>();
  #socketSamples: AlignedTime[] = [];
  #listeners: ListenerReading[] = [];
  /** What was last stored of each listener. */
  readonly #storedListeners = new Map<string, string>();
  readonly #newSockets = new NewSockets();
  #sockets: SocketReading[] = [];
  #routes: RouteEvent[] = [];
  readonly #originNs: bigint;

  /** From here on everything is remembered. Nanoseconds since the origin. */
  horizonNs = 0;

  /** `originNs`: the capture's origin, nanoseconds since 1970. */
  constructor(originNs: bigint) {
    this.#originNs = originNs;
  }

  /** Takes what was said at `timeNs`; returns the rows to store: all but routes only where something changed. */
  note({ counters, listeners, sockets, routes }: KernelSample, timeNs: number): RowsOf[] {
    const at: AlignedTime = { timeNs, isTimed: true };
    const changed = counters
      .map(({ name, value }) => this.#noteCounter(name, value, at))
      .filter(({ delta }) => delta !== 0)
      .map(({ name, value, delta }) => ({ ...PLACE, timeNs, name, value, delta }));
    const readings = listeners.map((row) => ({ ...row, ...at }));
    if (listeners.length > 0) this.#socketSamples.push(at);
    this.#listeners.push(...readings);
    const changedSockets = sockets
      .filter(({ row }) => this.#newSockets.isNews(row))
      .map(({ row }) => ({ ...row, ...at }));
    const events = routes.map((route) => this.#eventOf(route));
    for (const socket of changedSockets) this.#sockets.push(socket);
    for (const event of events) this.#routes.push(event);
    this.#forget(timeNs - MEMORY_NS);
    return [
      { table: "kernel_counters", rows: changed },
      {
        table: "listeners",
        rows: readings.filter((row) => this.#isNews(row)).map((row) => ({ ...row, ...PLACE })),
      },
      {
        table: "sockets",
        rows: changedSockets.map(({ tcpInfo, ...row }) => ({ ...row, ...tcpInfo, ...PLACE })),
      },
      { table: "route_events", rows: events.map((event) => ({ ...event, ...PLACE })) },
    ];
  }

  /** What rules may know. */
  observations(): KernelObservations {
    return {
      counters: [...this.#counters, ...this.#latest.values()].sort((a, b) => a.timeNs - b.timeNs),
      socketSamples: this.#socketSamples,
      listeners: this.#listeners,
      sockets: this.#sockets,
      routes: this.#routes,
      files: [],
    };
  }

  #eventOf({ epochNs, change }: TimedRouteChange): RouteEvent {
    return { ...change, timeNs: Number(epochNs - this.#originNs), isTimed: true };
  }

  #noteCounter(name: string, value: number, at: AlignedTime): CounterReading {
    const before = this.#latest.get(name);
    const grown = value - (before?.value ?? 0);
    const isGrowth = before !== undefined && isCount(name) && grown >= 0;
    const reading: CounterReading = {
      name,
      value,
      ...at,
      sinceNs: before?.timeNs ?? null,
      delta: isGrowth ? grown : null,
    };
    const isStill = reading.delta === 0 && before?.delta === 0 && before.sinceNs !== null;
    if (isStill && at.timeNs - before.sinceNs <= LONGEST_STILL_NS) {
      this.#latest.set(name, { ...reading, sinceNs: before.sinceNs });
      return reading;
    }
    if (before !== undefined) this.#counters.push(before);
    this.#latest.set(name, reading);
    return reading;
  }

  #isNews({ addr, port, acceptQueue, backlog, process, drops }: ListenerReading): boolean {
    const key = `${addr} ${port}`;
    const state = JSON.stringify([acceptQueue, backlog, process, drops]);
    if (this.#storedListeners.get(key) === state) return false;
    if (this.#storedListeners.size > MAX_ROWS) this.#storedListeners.clear();
    this.#storedListeners.set(key, state);
    return true;
  }

  #forget(beforeNs: number): void {
    const isKept = ({ timeNs }: AlignedTime): boolean => timeNs >= beforeNs;
    this.horizonNs = Math.max(this.horizonNs, beforeNs);
    const recent = <Row extends AlignedTime>(rows: Row[]): Row[] => {
      const first = rows[0];
      if (first === undefined || (isKept(first) && rows.length <= MAX_ROWS)) return rows;
      const kept = rows.filter(isKept).slice(-MAX_ROWS);
      if (rows.length > MAX_ROWS) this.horizonNs = Math.max(this.horizonNs, kept[0]?.timeNs ?? 0);
      return kept;
    };
    this.#counters = recent(this.#counters);
    this.#listeners = recent(this.#listeners);
    this.#socketSamples = recent(this.#socketSamples);
    this.#sockets = recent(this.#sockets);
    this.#routes = recent(this.#routes);
  }
}
