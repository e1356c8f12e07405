import type { End } from "../two-hosts/hosts.js";
import { Random } from "../two-hosts/random.js";
import type { SlowReader } from "../two-hosts/talk.js";
import { type Client, drawClients, greetSome } from "../two-hosts/traffic.js";
import { type Duration, FAULTS, type Fault, type FaultTime } from "./faults.js";
import { FLAWS, type Flaw } from "./flaws.js";

/** What happens in one run: all of it follows from the seed and the fault. */
export interface Scenario extends FaultTime {
  readonly seed: number;
  readonly addresses: { readonly client: string; readonly server: string };
  readonly seconds: number;
  /** Settings of faulty-path.c. */
  readonly path: Readonly<Record<string, number>>;
  /** Of the server's listen(). */
  readonly backlog: number;
  /** Of both ends. */
  readonly sysctls: Readonly<Record<string, number>>;
  readonly clients: readonly Client[];
  readonly slowReader: SlowReader | null;
}

const IPV4 = { client: "10.98.0.1", server: "10.98.0.2" };
const IPV6 = { client: "fd98::1", server: "fd98::2" };
/** How many seconds clients begin connections, and when in them it happens. */
const DURATIONS: Readonly<Record<Duration, (random: Random) => FaultTime & Pick<Scenario, "seconds">>> = {
  short: (random) => ({ seconds: 14, beginMs: drawBegin(random), lengthMs: random.whole(2000, 9000) }),
  long: (random) => ({ seconds: 36, beginMs: drawBegin(random), lengthMs: random.whole(20_000, 25_000) }),
  throughout: () => ({ seconds: 14, beginMs: 0, lengthMs: 14_000 }),
};
const drawBegin = (random: Random): number => random.whole(3000, 5000);
/** Less than what stall-server calls slow. */
const LONGEST_THINK_MS = 150;
/** More than there are clients. */
const USUAL_BACKLOG = 511;

/** Seeds one after the other have each fault in turn, unless there is only one. */
export function faultOf(seed: number, only: Fault | undefined): Fault {
  return only ?? FAULTS[seed % FAULTS.length]!;
}

/** One later with each round of the faults, so in the end each flaw meets each fault, at either end. */
export function flawOf(seed: number, end: End): Flaw {
  const round = Math.floor(seed / FAULTS.length);
  return FLAWS[(seed + round + (end === "server" ? 5 : 0)) % FLAWS.length]!;
}

export function drawScenario(seed: number, fault: Fault): Scenario {
  const random = new Random(seed);
  const { seconds, ...time } = DURATIONS[random.pick<Duration>(fault.durations ?? ["short"])](random);
  const path = { seed, ...drawPath(random), ...fault.path?.(random, time) };
  const drawn = drawClients(random, { seconds, longestThinkMs: LONGEST_THINK_MS });
  const all = fault.clients?.(random, time, drawn) ?? drawn;
  const addresses = random.pick([IPV4, IPV4, IPV6]);
  const clients = greetSome(random, all, random.pick([0, 0, 50, 100]));
  const pauseMs = random.pick([300, 1000, 2500]);
  return {
    seed,
    ...time,
    addresses,
    seconds,
    path,
    backlog: fault.backlog ?? USUAL_BACKLOG,
    sysctls: fault.sysctls ?? {},
    clients,
    slowReader: fault.slowReader === undefined ? null : { end: fault.slowReader, ...time, pauseMs },
  };
}

/** A path as most are: nothing worse than a loss now and then. */
function drawPath(random: Random): Record<string, number> {
  return {
    "delay-us": Math.round(10 ** random.between(2.3, 5)),
    "loss-a-ppm": random.pick([0, 0, 0, 1000, 10_000]),
    "loss-b-ppm": random.pick([0, 0, 0, 1000, 10_000]),
    "twice-ppm": random.pick([0, 0, 0, 1000]),
    "late-ppm": random.pick([0, 0, 0, 1000]),
    "rate-kbit": random.pick([0, 0, 0, 20_000]),
    "queue-packets": 200,
  };
}
