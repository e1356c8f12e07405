import { createServer, type Server } from "node:http";
import { Counter, Gauge, Registry } from "prom-client";
import { AnalyzeError } from "../errors.js";
import type { LiveFinding } from "./known-findings.js";
import type { LiveListener, LiveStatus } from "./live-status.js";

/** Where to listen. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** `:9464` for loopback only, `0.0.0.0:9464`, `[::1]:9464`. Throws AnalyzeError USAGE. */
export function parseMetricsAddress(text: string): MetricsAddress {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([^:[\]\s]{0,253})):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3] ?? Number.NaN);
  if (match !== null && port <= 65_535) return { host: match[1] ?? (match[2] || "127.0.0.1"), port };
  throw new AnalyzeError("USAGE", `--metrics takes [HOST]:PORT, such as :9464, not "${text}".`);
}

/** Gives Prometheus the figures of a live capture over HTTP, at /metrics. */
export class Metrics implements LiveListener {
  readonly #registry = new Registry();
  readonly #server: Server;
  readonly #gauges: ReadonlyMap<keyof typeof FIGURES, Gauge>;
  readonly #findings: Counter<"rule" | "severity">;

  private constructor() {
    const registers = [this.#registry];
    this.#gauges = new Map(
      FIGURE_NAMES.map((name) => [
        name,
        new Gauge({ name: `tcptrace_${name}`, help: FIGURES[name].help, registers }),
      ]),
    );
    this.#findings = new Counter({
      name: "tcptrace_findings_announced_total",
      help: "Findings announced, by rule and severity; again when one became surer or worse.",
      labelNames: ["rule", "severity"],
      registers,
    });
    this.#server = createServer((request, response) => {
      if (request.url !== "/metrics") {
        response.writeHead(404).end();
        return;
      }
      this.#registry.metrics().then(
        (text) => response.writeHead(200, { "Content-Type": this.#registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    });
  }

  /** Throws AnalyzeError USAGE when nobody can listen there. */
  static async open({ host, port }: MetricsAddress): Promise<Metrics> {
    const metrics = new Metrics();
    const server = metrics.#server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error) =>
        reject(new AnalyzeError("USAGE", `--metrics cannot listen on ${host}:${port}: ${error.message}`)),
      );
      server.listen(port, host, resolve);
    });
    // What happens to single connections is no reason to end the capture.
    server.on("error", () => {});
    return metrics;
  }

  onStatus(status: LiveStatus): void {
    for (const [name, gauge] of this.#gauges) gauge.set(FIGURES[name].of(status));
  }

  onFinding({ finding: { ruleId, severity } }: LiveFinding): void {
    this.#findings.inc({ rule: ruleId, severity });
  }

  onWithdrawn(): void {}

  onNote(): void {}

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** What is told, by the name behind `tcptrace_`. */
const FIGURES = {
  frames_total: { help: "Frames read.", of: ({ frames }: LiveStatus) => frames },
  segments_total: { help: "TCP segments read.", of: ({ segments }: LiveStatus) => segments },
  flows_total: { help: "TCP connections seen.", of: ({ flows }: LiveStatus) => flows },
  flows_in_memory: { help: "Connections in memory.", of: ({ flowsInMemory }: LiveStatus) => flowsInMemory },
  flows_evicted_half_open_total: {
    help: "Half-open connections forgotten to bound memory.",
    of: ({ evicted }: LiveStatus) => evicted.halfOpen,
  },
  flows_evicted_closed_total: {
    help: "Closed connections forgotten to bound memory.",
    of: ({ evicted }: LiveStatus) => evicted.closed,
  },
  flows_evicted_open_total: {
    help: "Open connections forgotten to bound memory.",
    of: ({ evicted }: LiveStatus) => evicted.open,
  },
  dropped_frames_total: {
    help: "Frames that the kernel or the interface dropped; NaN when unknown.",
    of: ({ dropped }: LiveStatus) => dropped ?? Number.NaN,
  },
  findings: { help: "Findings that stand now.", of: ({ findings }: LiveStatus) => findings },
  database_bytes: {
    help: "Octets of the database in use.",
    of: ({ databaseBytes }: LiveStatus) => databaseBytes,
  },
} as const;
const FIGURE_NAMES = [
  "frames_total",
  "segments_total",
  "flows_total",
  "flows_in_memory",
  "flows_evicted_half_open_total",
  "flows_evicted_closed_total",
  "flows_evicted_open_total",
  "dropped_frames_total",
  "findings",
  "database_bytes",
] as const satisfies readonly (keyof typeof FIGURES)[];
