import { createServer, type Server } from "node:http";
import { Counter, Gauge, Registry } from "prom-client";
import { AnalyzeError } from "../errors.js";
import { FIGURES, type Figure } from "./figures.js";
import type { LiveFinding } from "./known-findings.js";
import type { LiveListener, LiveStatus } from "./live-status.js";
import type { SocketAddress } from "./socket-address.js";

/** Gives Prometheus the figures of a live capture over HTTP, at /metrics. */
export class Metrics implements LiveListener {
  readonly #registry = new Registry();
  readonly #server: Server;
  readonly #gauges: ReadonlyMap<Figure, Gauge>;
  readonly #findings: Counter<"rule" | "severity">;

  private constructor() {
    const registers = [this.#registry];
    this.#gauges = new Map(
      FIGURES.map((figure) => [
        figure,
        new Gauge({ name: `tcptrace_${figure.name}`, help: figure.help, registers }),
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
  static async open({ host, port }: SocketAddress): Promise<Metrics> {
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
    for (const [figure, gauge] of this.#gauges) gauge.set(figure.of(status) ?? Number.NaN);
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
