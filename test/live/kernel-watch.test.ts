import { expect } from "chai";
import type { SocketRow } from "../../src/kernel/socket-row.js";
import { parseSockets } from "../../src/kernel/sockets.js";
import type { TcpInfo } from "../../src/kernel/tcp-info.js";
import type { KernelSample } from "../../src/live/kernel-sampler.js";
import { KernelWatch } from "../../src/live/kernel-watch.js";

const ORIGIN_NS = 1_700_000_000_000_000_000n;
const SECOND_NS = 1_000_000_000;
const CHANGE = {
  operation: "delete",
  prefix: "10.0.0.2",
  gatewayAddr: null,
  device: "eth0",
  routeType: null,
  routeTable: null,
  error: null,
} as const;

function sample(given: Partial<KernelSample>): KernelSample {
  return { counters: [], listeners: [], sockets: [], routes: [], ...given };
}

/** A socket whose application reads nothing, as ss shows it. */
function socket(changes: Partial<SocketRow> = {}, info: Partial<TcpInfo> = {}): SocketRow {
  const text = "ESTAB 6 0 10.0.0.1:80 10.0.0.2:40000 cubic rto:204 lastsnd:1000\n";
  const [row] = parseSockets(text)?.samples.flatMap(({ rows }) => rows) ?? [];
  if (row?.kind !== "socket") throw new Error("no socket");
  return { ...row, ...changes, tcpInfo: { ...row.tcpInfo, ...info } };
}

describe("KernelWatch", () => {
  it("tells rules of a route's change at its own time, not that of the sample", () => {
    const watch = new KernelWatch(ORIGIN_NS);
    const routes = [{ epochNs: ORIGIN_NS + 250_000_000n, change: CHANGE }];
    const rows = watch.note(sample({ routes }), SECOND_NS);
    const event = { ...CHANGE, timeNs: 250_000_000, isTimed: true };
    expect(watch.observations().routes).to.deep.equal([event]);
    expect(rows.find(({ table }) => table === "route_events")?.rows).to.deep.equal([
      { ...event, captureId: 1, host: null },
    ]);
  });

  it("stores a socket again only when something happened to it, not when it has waited on", () => {
    const watch = new KernelWatch(ORIGIN_NS);
    const stored = (row: SocketRow, second: number): number =>
      watch
        .note(sample({ sockets: [{ flowId: 1, row }] }), second * SECOND_NS)
        .find(({ table }) => table === "sockets")!.rows.length;
    expect(stored(socket(), 1)).to.equal(1);
    expect(stored(socket({ timerNs: 5 }, { sinceSentNs: 2e9 }), 2)).to.equal(0);
    expect(stored(socket({ receiveQueueBytes: 7 }), 3)).to.equal(1);
    expect(watch.observations().sockets.map(({ timeNs }) => timeNs)).to.deep.equal([1e9, 3e9]);
  });

  it("forgets what is a quarter of an hour old, and says from when on it remembers", () => {
    const watch = new KernelWatch(ORIGIN_NS);
    watch.note(
      sample({ sockets: [{ flowId: 1, row: socket() }], routes: [{ epochNs: ORIGIN_NS, change: CHANGE }] }),
      0,
    );
    watch.note(sample({}), 901 * SECOND_NS);
    expect(watch.observations()).to.deep.include({ sockets: [], routes: [] });
    expect(watch.horizonNs).to.equal(SECOND_NS);
  });
});
