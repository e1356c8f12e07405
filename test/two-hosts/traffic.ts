import type { Random } from "./random.js";

/** One request and its answer (traffic.mjs). */
interface Exchange {
  readonly up: number;
  readonly down: number;
  readonly thinkMs: number;
  /** Octets that the server writes at a time; 0: all. */
  readonly piece: number;
  readonly pauseMs: number;
}

interface Connection {
  readonly noDelay: boolean;
  readonly exchanges: readonly Exchange[];
}

export interface Client {
  readonly startMs: number;
  /** From the end of a connection to the next one. */
  readonly restMs: number;
  /** Whether it waits until the server has spoken first. */
  readonly isGreeted: boolean;
  /** One after the other, and from the beginning when all are through. */
  readonly connections: readonly Connection[];
}

/** More than a client gets through, with few exceptions. */
const CONNECTIONS = 20;

/** What clients do in so many seconds; they begin in the first third. */
export interface TrafficLimits {
  readonly seconds: number;
  readonly longestThinkMs: number;
}

export function drawClients(random: Random, limits: TrafficLimits): Client[] {
  return Array.from({ length: random.pick([2, 4, 8]) }, () => drawClient(random, limits));
}

/** The same clients, of which about so many in a hundred are greeted. */
export function greetSome(random: Random, clients: readonly Client[], percent: number): Client[] {
  return clients.map((client) => ({ ...client, isGreeted: random.next() * 100 < percent }));
}

/** One that connects, closes, and begins again. */
export function fruitlessClient(startMs: number, restMs: number): Client {
  return { startMs, restMs, isGreeted: false, connections: [{ noDelay: true, exchanges: [] }] };
}

/** One that moves much one way, `up` or `down`, again and again. */
export function bulkClient(startMs: number, way: "up" | "down"): Client {
  const exchange = { up: 50, down: 50, thinkMs: 0, piece: 0, pauseMs: 500, [way]: 600_000 };
  return {
    startMs,
    restMs: 0,
    isGreeted: false,
    connections: [{ noDelay: true, exchanges: [exchange, exchange] }],
  };
}

/** One that asks, waits and asks again on one connection: `pausesMs` are the times between. */
export function idleClient(startMs: number, pausesMs: readonly number[]): Client {
  const exchanges = [...pausesMs, 0].map((pauseMs) => ({
    up: 100,
    down: 100,
    thinkMs: 0,
    piece: 0,
    pauseMs,
  }));
  return { startMs, restMs: 0, isGreeted: false, connections: [{ noDelay: true, exchanges }] };
}

function drawClient(random: Random, limits: TrafficLimits): Client {
  const startMs = random.whole(0, (limits.seconds * 1000) / 3);
  const connections = Array.from({ length: CONNECTIONS }, () => drawConnection(random, limits));
  return { startMs, restMs: 0, isGreeted: false, connections };
}

function drawConnection(random: Random, limits: TrafficLimits): Connection {
  const count = random.pick([1, 1, 3, 10, 30]);
  return {
    noDelay: random.pick([true, false]),
    exchanges: Array.from({ length: count }, () => drawExchange(random, limits)),
  };
}

function drawExchange(random: Random, { longestThinkMs }: TrafficLimits): Exchange {
  const thinkMs = random.pick([0, 0, 0, 50, longestThinkMs]);
  const pauseMs = random.pick([0, 0, 20, 200, 700]);
  return { ...drawSizes(random), thinkMs, pauseMs };
}

function drawSizes(random: Random): Pick<Exchange, "up" | "down" | "piece"> {
  switch (random.pick(["talk", "talk", "download", "upload", "drip"])) {
    case "talk":
      return { up: random.whole(0, 600), down: random.whole(1, 3000), piece: 0 };
    case "download":
      return { up: 100, down: random.pick([10_000, 40_000, 150_000, 600_000]), piece: 0 };
    case "upload":
      return { up: random.pick([10_000, 40_000, 150_000]), down: 50, piece: 0 };
    default:
      return { up: 50, down: random.pick([5000, 30_000]), piece: random.pick([300, 1400, 2500]) };
  }
}
