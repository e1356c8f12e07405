import type { End } from "../two-hosts/hosts.js";
import type { Program } from "../two-hosts/programs.js";
import type { Random } from "../two-hosts/random.js";
import { bulkClient, type Client, drawClients, fruitlessClient, idleClient } from "../two-hosts/traffic.js";

/** What befalls the hosts, their programs or the path between them, and which rules may blame what they find on it. */
export interface Fault {
  readonly name: string;
  /** Settings of faulty-path.c. */
  readonly path?: (random: Random, time: FaultTime) => Readonly<Record<string, number>>;
  /** Of the server's listen(). */
  readonly backlog?: number;
  /** Of both ends. */
  readonly sysctls?: Readonly<Record<string, number>>;
  /** Beside, or in the place of, those of any scenario. */
  readonly clients?: (random: Random, time: FaultTime, drawn: readonly Client[]) => readonly Client[];
  /** The end that reads slowly while it lasts. */
  readonly slowReader?: End;
  /** One of these is drawn; "short" when there are none. */
  readonly durations?: readonly [Duration, ...Duration[]];
  readonly begin?: (victims: Victims) => void;
  readonly end?: (victims: Victims) => void;
  /** Beside those that any path may bring about. */
  readonly rules: readonly string[];
  /** In what share of its scenarios one of these rules, at either end, must have spoken of it. */
  readonly leastNamed: number;
}

/** Since the path is ready, and since the clients have started: much the same. */
export interface FaultTime {
  readonly beginMs: number;
  readonly lengthMs: number;
}

/** Of the scenario and what happens in it (scenario.ts): some seconds, longer than most timers, or all the time. */
export type Duration = "short" | "long" | "throughout";

/** The programs that it may befall. */
export interface Victims {
  readonly server: Program;
  readonly clients: Program;
}

/** What every path does now and then, and what only says what is seen. */
export const OF_ANY_PATH = [
  "loss-rate-high",
  "reordering",
  "rto-tail-loss",
  "spurious-retransmission",
  "delayed-ack-nagle",
  "syn-answered-late",
];
/** Whoever looks from one end cannot always tell what stood still. */
const STOOD_STILL = [
  "blackhole-forward",
  "blackhole-reverse",
  "connection-cut-off",
  "fin-unanswered",
  "syn-unanswered",
  "syn-ack-lost",
];
/** Handshakes that wait fill the SYN queue, too, and then there are cookies (Linux: tcp_conn_request). */
const FULL_QUEUE = [
  "accept-queue-syn-drop",
  "syn-ack-after-data",
  "handshake-ack-dropped",
  "syncookie-ack-dropped",
];
const HANGING = ["stall-server", "zero-window-stall"];

const AT_TIMES_LONG = ["short", "short", "long"] as const;

const stopped = ({ beginMs, lengthMs }: FaultTime, settings: Readonly<Record<string, number>> = {}) => {
  return { "stop-begin-ms": beginMs, "stop-ms": lengthMs, ...settings };
};

export const FAULTS: readonly Fault[] = [
  { name: "none", rules: [], leastNamed: 0 },
  {
    name: "crowded path",
    path: (random) => {
      const queue = random.pick([5, 10, 30, 300]);
      return { "rate-kbit": random.pick([500, 1000, 2000]), "queue-packets": queue };
    },
    rules: ["syn-ack-lost", "delay-spike"],
    leastNamed: 0,
  },
  {
    name: "lossy path",
    path: (random) => ({
      "loss-a-ppm": random.pick([0, 50_000, 150_000]),
      "loss-b-ppm": random.pick([50_000, 150_000]),
      burst: random.pick([1, 3]),
    }),
    rules: ["loss-rate-high", "rto-tail-loss", "syn-ack-lost"],
    leastNamed: 0.5,
  },
  {
    name: "outage",
    durations: AT_TIMES_LONG,
    path: (_, time) => stopped(time),
    rules: STOOD_STILL,
    leastNamed: 0.4,
  },
  {
    name: "outage towards the server",
    durations: AT_TIMES_LONG,
    path: (_, time) => stopped(time, { "stop-from": 0 }),
    rules: STOOD_STILL,
    leastNamed: 0.4,
  },
  {
    name: "outage towards the client",
    durations: AT_TIMES_LONG,
    path: (_, time) => stopped(time, { "stop-from": 1 }),
    rules: STOOD_STILL,
    leastNamed: 0.4,
  },
  {
    name: "some connections cut off",
    durations: AT_TIMES_LONG,
    path: (random, time) => stopped(time, { "stop-from": random.pick([0, 1, 2]), "stop-percent": 40 }),
    // A queue that is full does the same to new connections, and nothing on the wire tells them apart.
    rules: [...STOOD_STILL, "accept-queue-syn-drop"],
    // Of two to eight clients two in five are cut off, and only those notice that send meanwhile.
    leastNamed: 0.2,
  },
  {
    name: "long packets lost",
    path: (random) => ({ "stop-ms": 60_000, "stop-from": random.pick([0, 1, 2]), "stop-bytes": 1300 }),
    // At the client's end of answers that are too long it is seen that they never come, and not how long their segments are.
    rules: ["pmtu-blackhole", "stall-server"],
    leastNamed: 0.5,
  },
  {
    name: "server hangs",
    durations: AT_TIMES_LONG,
    begin: ({ server }) => server.kill("SIGSTOP"),
    end: ({ server }) => server.kill("SIGCONT"),
    rules: HANGING,
    leastNamed: 0.9,
  },
  {
    name: "server hangs with a short accept queue",
    durations: AT_TIMES_LONG,
    backlog: 1,
    begin: ({ server }) => server.kill("SIGSTOP"),
    end: ({ server }) => server.kill("SIGCONT"),
    rules: [...HANGING, ...FULL_QUEUE],
    leastNamed: 0.6,
  },
  {
    name: "server hangs behind cookies",
    backlog: 1,
    // All at once: a queue that is full already drops SYNs.
    clients: (random, { beginMs }, drawn) => [
      ...drawn,
      ...drawClients(random, { seconds: 0, longestThinkMs: 0 }).map((client) => ({
        ...client,
        startMs: beginMs + 500,
      })),
    ],
    sysctls: { "net.ipv4.tcp_syncookies": 2 },
    begin: ({ server }) => server.kill("SIGSTOP"),
    end: ({ server }) => server.kill("SIGCONT"),
    rules: [...HANGING, ...FULL_QUEUE, "abort-on-overflow-rst"],
    leastNamed: 0.6,
  },
  {
    name: "connections forgotten on the way",
    path: (_, { beginMs }) => ({ "forget-ms": beginMs }),
    rules: STOOD_STILL,
    leastNamed: 0.4,
  },
  {
    name: "connections reset on the way",
    path: (random, { beginMs }) => ({ "forget-ms": beginMs, "forget-reset-ttl": random.pick([64, 255]) }),
    // With the TTL of the ends, one or two that are reset so may as well have been closed unseen.
    rules: ["rst-mid-stream", "half-open-peer"],
    leastNamed: 0.2,
  },
  {
    name: "idle connections forgotten on the way",
    durations: ["long"],
    path: (random) => ({
      "forget-idle-ms": random.whole(10_500, 13_000),
      "forget-reset-ttl": random.pick([0, 0, 64, 255]),
    }),
    clients: (random, _, drawn) => [
      ...drawn,
      ...Array.from({ length: random.whole(3, 6) }, () =>
        idleClient(random.whole(0, 6000), [
          random.whole(1000, 4000),
          random.whole(2000, 8000),
          random.whole(14_000, 18_000),
        ]),
      ),
    ],
    // Whoever sends nothing between is cut off as well, and finds out by its FIN.
    rules: [
      "idle-timeout-middlebox",
      "half-open-peer",
      "rst-mid-stream",
      "connection-cut-off",
      "blackhole-forward",
      "fin-unanswered",
    ],
    leastNamed: 0.6,
  },
  {
    name: "a client connects in vain",
    clients: (random, { beginMs }, drawn) => [
      fruitlessClient(beginMs, random.pick([5, 20, 60])),
      ...(random.pick([true, false]) ? drawn : []),
    ],
    rules: ["connect-teardown-loop"],
    // A server that speaks first has said something, and what comes back steadily and not too fast is like a health check.
    leastNamed: 0.2,
  },
  {
    name: "clients read slowly",
    slowReader: "client",
    durations: ["short", "long", "throughout"],
    clients: (random, { beginMs }, drawn) => [...drawn, bulkClient(random.whole(0, beginMs), "down")],
    rules: ["zero-window-stall"],
    // A buffer that has grown before takes a whole answer, and its window stays open.
    leastNamed: 0.6,
  },
  {
    name: "server reads slowly",
    slowReader: "server",
    durations: ["short", "long", "throughout"],
    clients: (random, { beginMs }, drawn) => [...drawn, bulkClient(random.whole(0, beginMs), "up")],
    rules: HANGING,
    leastNamed: 0.6,
  },
  {
    name: "clients hang",
    begin: ({ clients }) => clients.kill("SIGSTOP"),
    end: ({ clients }) => clients.kill("SIGCONT"),
    rules: ["zero-window-stall"],
    leastNamed: 0,
  },
  {
    name: "server ends",
    begin: ({ server }) => server.kill("SIGKILL"),
    // Clients that try again at once take up ports that the server still remembers. And one idle connection does not tell whether
    // the program has lost its patience or its life.
    rules: ["syn-refused", "rst-mid-stream", "reused-tuple-dropped", "idle-close-race"],
    leastNamed: 0.9,
  },
];
