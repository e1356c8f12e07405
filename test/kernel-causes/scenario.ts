import { Random } from "./random.js";

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

interface Client {
  readonly startMs: number;
  /** One after the other, and from the beginning when all are through. */
  readonly connections: readonly Connection[];
}

/** What happens in one run: all of it follows from the seed. */
export interface Scenario {
  readonly seed: number;
  readonly addresses: { readonly client: string; readonly server: string };
  readonly seconds: number;
  /** Settings of faulty-path.c. */
  readonly path: Readonly<Record<string, number>>;
  /** Of both ends. */
  readonly sysctls: Readonly<Record<string, number | string>>;
  readonly clients: readonly Client[];
}

export const SERVER_PORT = 8080;

const SECONDS = 8;
/** More than a client gets through, with few exceptions. */
const CONNECTIONS = 20;

export function drawScenario(seed: number): Scenario {
  const random = new Random(seed);
  const path = drawPath(random);
  const sysctls = drawSysctls(random);
  const clients = Array.from({ length: random.pick([2, 4, 8]) }, () => drawClient(random));
  // The trace has the events of the whole machine: addresses of its own tell those of a scenario from others.
  const network = `10.99.${seed % 250}`;
  const addresses = { client: `${network}.1`, server: `${network}.2` };
  return { seed, addresses, seconds: SECONDS, path: { seed, ...path }, sysctls, clients };
}

/** Delays from 0.2 ms (a data centre) to 125 ms (another continent), and every fault more often absent than present. */
function drawPath(random: Random): Record<string, number> {
  const delayUs = Math.round(10 ** random.between(2.3, 5.1));
  return {
    "delay-us": delayUs,
    "jitter-us": Math.round(delayUs * random.pick([0, 0, 0, 0, 0, 0, 0, 0.02, 0.3, 1])),
    "loss-a-ppm": random.pick([0, 0, 1000, 10_000, 30_000]),
    "loss-b-ppm": random.pick([0, 1000, 10_000, 10_000, 30_000, 80_000]),
    burst: random.pick([1, 1, 1, 3, 8]),
    "twice-ppm": random.pick([0, 0, 0, 5000]),
    "late-ppm": random.pick([0, 0, 0, 5000, 20_000]),
    "rate-kbit": random.pick([0, 0, 2000, 10_000, 50_000]),
    "queue-packets": random.pick([10, 50, 200]),
    outages: random.pick([0, 0, 1, 3]),
    "duration-s": SECONDS,
  };
}

/** What decides how Linux notices loss; mostly as it is by default. */
function drawSysctls(random: Random): Record<string, number | string> {
  return {
    "net.ipv4.tcp_sack": random.pick([1, 1, 1, 1, 0]),
    "net.ipv4.tcp_timestamps": random.pick([1, 1, 1, 0]),
    "net.ipv4.tcp_dsack": random.pick([1, 1, 1, 1, 1, 1, 0]),
    "net.ipv4.tcp_congestion_control": random.pick(["cubic", "cubic", "reno", "bbr"]),
    "net.ipv4.tcp_early_retrans": random.pick([3, 3, 3, 3, 0]),
    "net.ipv4.tcp_recovery": random.pick([1, 1, 1, 1, 0]),
    "net.ipv4.tcp_frto": random.pick([2, 2, 2, 0]),
    // Else a connection would begin with what the one before it had learned.
    "net.ipv4.tcp_no_metrics_save": 1,
  };
}

function drawClient(random: Random): Client {
  const startMs = random.whole(0, (SECONDS * 1000) / 3);
  return { startMs, connections: Array.from({ length: CONNECTIONS }, () => drawConnection(random)) };
}

function drawConnection(random: Random): Connection {
  const count = random.pick([1, 1, 3, 10, 30]);
  return {
    noDelay: random.pick([true, false]),
    exchanges: Array.from({ length: count }, () => drawExchange(random)),
  };
}

function drawExchange(random: Random): Exchange {
  const thinkMs = random.pick([0, 0, 0, 50, 300]);
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
