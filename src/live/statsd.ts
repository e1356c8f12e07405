import { StatsD } from "hot-shots";
import { FIGURES } from "./figures.js";
import type { LiveFinding } from "./known-findings.js";
import type { LiveListener, LiveStatus } from "./live-status.js";
import type { SocketAddress } from "./socket-address.js";

/** Fits a datagram over Ethernet, IPv6 and tunnels on the way included. */
const DATAGRAM_BYTES = 1232;
const FLUSH_MS = 100;

/**
 * Sends the figures of a live capture to statsd over UDP: gauges with every status, a counter for findings announced. Whether
 * somebody receives them nobody knows, so nothing that goes wrong ends the capture.
 */
export class Statsd implements LiveListener {
  readonly #client: StatsD;

  constructor({ host, port }: SocketAddress) {
    this.#client = new StatsD({
      host,
      port,
      prefix: "tcptrace.",
      cacheDns: true,
      maxBufferSize: DATAGRAM_BYTES,
      bufferFlushInterval: FLUSH_MS,
      // Tags are not part of statsd's own protocol.
      includeDataDogTags: false,
      originDetection: false,
      errorHandler: () => {},
    });
  }

  onStatus(status: LiveStatus): void {
    for (const { name, of } of FIGURES) {
      const value = of(status);
      if (value !== null) this.#client.gauge(name, value);
    }
  }

  onFinding({ finding: { ruleId, severity } }: LiveFinding): void {
    this.#client.increment(`findings_announced_total.${ruleId}.${severity}`);
  }

  onWithdrawn(): void {}

  onNote(): void {}

  /** Sends what is gathered. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#client.close(() => resolve()));
  }
}
