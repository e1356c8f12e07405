import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { expect } from "chai";
import { FIGURES } from "../../src/live/figures.js";
import type { LiveFinding } from "../../src/live/known-findings.js";
import type { LiveStatus } from "../../src/live/live-status.js";
import { Statsd } from "../../src/live/statsd.js";

const STATUS: LiveStatus = {
  elapsedMs: 1000,
  frames: 5_000_000_000,
  segments: 40,
  framesPerSecond: 42.5,
  flows: 3,
  flowsInMemory: 2,
  evicted: { halfOpen: 1, closed: 0, open: 0 },
  dropped: 7,
  findings: 1,
  databaseBytes: 4096,
  ringSegments: 0,
  ringFlows: 0,
};

describe("Statsd", () => {
  let receiver: Socket;
  let received: string[];

  beforeEach(async () => {
    received = [];
    receiver = createSocket("udp4");
    receiver.on("message", (datagram) => received.push(...datagram.toString().trimEnd().split("\n")));
    receiver.bind(0, "127.0.0.1");
    await once(receiver, "listening");
  });
  afterEach(() => {
    receiver.close();
  });

  /** What came until the line did. */
  async function until(line: string): Promise<void> {
    while (!received.includes(line)) await once(receiver, "message");
  }

  function open(): Statsd {
    return new Statsd({ host: "127.0.0.1", port: receiver.address().port });
  }

  it("sends every figure as a gauge", async () => {
    const statsd = open();
    statsd.onStatus(STATUS);
    await until("tcptrace.database_bytes:4096|g");
    await statsd.close();
    expect(received).to.include.members([
      "tcptrace.frames_total:5000000000|g",
      "tcptrace.flows_evicted_half_open_total:1|g",
      "tcptrace.dropped_frames_total:7|g",
    ]);
    expect(received).to.have.length(FIGURES.length);
  });

  it("sends no drops where they are unknown", async () => {
    const statsd = open();
    statsd.onStatus({ ...STATUS, dropped: null });
    await until("tcptrace.database_bytes:4096|g");
    await statsd.close();
    expect(received.join("\n")).not.to.contain("dropped");
  });

  it("counts findings by rule and severity, and sends the last of them when it is closed", async () => {
    const statsd = open();
    const finding = { ruleId: "connect-teardown-loop", severity: "error" };
    statsd.onFinding({ id: 1, news: "new", packets: null, finding } as LiveFinding);
    await statsd.close();
    await until("tcptrace.findings_announced_total.connect-teardown-loop.error:1|c");
  });

  it("goes on when nobody receives", async () => {
    const { port } = receiver.address();
    const other = createSocket("udp4");
    other.bind(0, "127.0.0.1");
    await once(other, "listening");
    const closedPort = other.address().port;
    other.close();
    expect(closedPort).not.to.equal(port);
    const statsd = new Statsd({ host: "127.0.0.1", port: closedPort });
    for (let round = 0; round < 3; round++) statsd.onStatus(STATUS);
    await statsd.close();
  });
});
