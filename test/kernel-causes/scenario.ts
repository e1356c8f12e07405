import { Random } from "../two-hosts/random.js";
import { type Client, drawClients } from "../two-hosts/traffic.js";

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

const SECONDS = 8;

export function drawScenario(seed: number): Scenario {
  const random = new Random(seed);
  const path = drawPath(random);
  const sysctls = drawSysctls(random);
  const clients = drawClients(random, { seconds: SECONDS, longestThinkMs: 300 });
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
