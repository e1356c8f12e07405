import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { sampleSocket } from "../../../src/kernel/live/sample-socket.js";
import type { SocketTuple } from "../../../src/kernel/live/socket-tuple.js";
import type { SocketRow } from "../../../src/kernel/socket-row.js";
import { parseSockets } from "../../../src/kernel/sockets.js";
import { TCP_INFO_FIELDS } from "../../../src/kernel/tcp-info.js";
import { skipBecause } from "../../support/mounts.js";

/** What the kernel measures in microseconds and ss prints in milliseconds. */
const ROUNDED = new Set(["busyNs", "windowLimitedNs", "sendBufferLimitedNs"]);
/** ss prints six digits, and rates are reckoned from those. */
const SIX_DIGITS = 1e-5;

/** What goes on between two looks. */
const AGES = new Set(["sinceSentNs", "sinceReceivedNs", "sinceAckNs", "atoNs"]);

/** What older versions of ss do not print. */
const LATER = new Set(["receiveWindowBytes"]);

async function withConnection(
  host: string,
  target: string,
  use: (client: Socket, peerPort: number) => Promise<void>,
): Promise<void> {
  const server: Server = createServer((socket) => socket.resume()).listen(0, host);
  await once(server, "listening");
  const address = server.address();
  const peerPort = address === null || typeof address === "string" ? 0 : address.port;
  const client = connect(peerPort, target);
  await once(client, "connect");
  try {
    await new Promise((resolve) => client.write(Buffer.alloc(100_000), resolve));
    await use(client, peerPort);
  } finally {
    client.destroy();
    server.close();
    await once(server, "close");
  }
}

function socketOfSs(localPort: number, peerPort: number): SocketRow {
  const text = execFileSync("ss", ["-tanioH", `sport = ${localPort} and dport = ${peerPort}`], {
    encoding: "utf8",
  });
  const [row] = parseSockets(text)!.samples.flatMap(({ rows }) => rows);
  if (row?.kind !== "socket") throw new Error(`ss has no such socket: ${text}`);
  return row;
}

/** The socket by the kernel and by ss, when nothing happened to it meanwhile. */
async function atOneMoment(tuple: SocketTuple): Promise<{ row: SocketRow; expected: SocketRow }> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const before = await sampleSocket(tuple);
    const expected = socketOfSs(tuple.localPort, tuple.peerPort);
    const row = await sampleSocket(tuple);
    if (row !== null && withoutAges(before) === withoutAges(row)) return { row, expected };
    // What the connection's ends have to read and to acknowledge.
    await setTimeout(20);
  }
  throw new Error("the connection does not come to rest");
}

function withoutAges(row: SocketRow | null): string {
  return JSON.stringify(row, (key, value: unknown) => (AGES.has(key) ? null : value));
}

describe("one connection's socket", () => {
  before(function () {
    if (process.platform !== "linux") skipBecause(this, "inet_diag is Linux's");
    if (spawnSync("ss", ["-V"]).error !== undefined) skipBecause(this, "ss is not installed");
  });

  for (const [host, target] of [
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
  ] as const)
    it(`is what ss prints of it at the same moment, TCP_INFO included, at ${host}`, () =>
      withConnection(host, target, async ({ localPort = 0 }, peerPort) => {
        const tuple = { localAddr: target, localPort, peerAddr: target, peerPort };
        const { row, expected } = await atOneMoment(tuple);
        const { tcpInfo, ...rest } = row;
        const { tcpInfo: expectedInfo, ...expectedRest } = expected;
        expect(rest).to.deep.equal(expectedRest);
        expect(rest).to.include({ state: "ESTAB", ...tuple });
        expect(tcpInfo.sentBytes! - (tcpInfo.retransmittedBytes ?? 0)).to.equal(100_000);
        for (const field of TCP_INFO_FIELDS) {
          const value = tcpInfo[field];
          const printed = expectedInfo[field];
          if (AGES.has(field) || (printed === null && LATER.has(field))) continue;
          if (ROUNDED.has(field))
            expect(Math.floor((value ?? 0) / 1e6), field).to.equal((printed ?? 0) / 1e6);
          else if (value === null || printed === null) expect(value, field).to.equal(printed);
          else expect(value, field).to.be.closeTo(printed, printed * SIX_DIGITS);
        }
      }));

  it("is found under IPv4 addresses when it is one of IPv6", () =>
    withConnection("::", "127.0.0.1", async ({ localPort = 0 }, peerPort) => {
      // The server's own end is accepted from a listener of both.
      const tuple = {
        localAddr: "127.0.0.1",
        localPort: peerPort,
        peerAddr: "127.0.0.1",
        peerPort: localPort,
      };
      expect(await sampleSocket(tuple)).to.include({ state: "ESTAB", ...tuple });
    }));

  it("is null where only a listener is left at its address", () =>
    withConnection("127.0.0.1", "127.0.0.1", async (_client, peerPort) => {
      const tuple = { localAddr: "127.0.0.1", localPort: peerPort, peerAddr: "127.0.0.1", peerPort: 1 };
      expect(await sampleSocket(tuple)).to.equal(null);
      expect(await sampleSocket({ ...tuple, localAddr: "nonsense" })).to.equal(null);
      expect(await sampleSocket({ ...tuple, localAddr: "::1" })).to.equal(null);
    }));
});
