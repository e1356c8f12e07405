import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { expect } from "chai";
import { parseListener } from "../../../src/kernel/live/diagnosed-listener.js";
import { netlinkMessages } from "../../../src/kernel/live/netlink-message.js";
import { sampleCounters } from "../../../src/kernel/live/sample-counters.js";
import { sampleListeners } from "../../../src/kernel/live/sample-listeners.js";
import { parseSockets } from "../../../src/kernel/sockets.js";
import { skipBecause } from "../../support/mounts.js";

async function listen(host: string, backlog: number): Promise<Server> {
  const server = createServer().listen({ host, port: 0, backlog });
  await once(server, "listening");
  return server;
}

describe("what the kernel says at this moment", () => {
  before(function () {
    if (process.platform !== "linux") skipBecause(this, "netlink and /proc are Linux's");
  });

  it("lists listeners as ss does", async function () {
    if (spawnSync("ss", ["-V"]).error !== undefined) skipBecause(this, "ss is not installed");
    const servers = await Promise.all([listen("127.0.0.1", 7), listen("::", 9), listen("0.0.0.0", 11)]);
    try {
      const ports = servers.map((server) => {
        const address = server.address();
        return address === null || typeof address === "string" ? 0 : address.port;
      });
      const isOurs = ({ port }: { port: number }): boolean => ports.includes(port);
      const key = (row: { addr: string; port: number }): string => `${row.addr} ${row.port}`;
      const ss = parseSockets(execFileSync("ss", ["-ltnmH"], { encoding: "utf8" }))!;
      const expected = ss.samples
        .flatMap(({ rows }) => rows)
        .filter((row) => row.kind === "listener")
        .filter(isOurs)
        .sort((a, b) => key(a).localeCompare(key(b)));
      const rows = (await sampleListeners()).filter(isOurs).sort((a, b) => key(a).localeCompare(key(b)));
      expect(rows).to.have.lengthOf(3);
      expect(
        rows.map(({ kind, addr, port, acceptQueue, backlog, process, drops }) => ({
          kind,
          addr,
          port,
          acceptQueue,
          backlog,
          process,
          drops,
        })),
      ).to.deep.equal(expected);
      expect(rows.map(({ backlog }) => backlog)).to.have.members([7, 9, 11]);
    } finally {
      for (const server of servers) server.close();
    }
  });

  it("holds the counters of /proc/net under nstat's names", async () => {
    const names = (await sampleCounters()).map(({ name }) => name);
    expect(names).to.include.members(["TcpExtListenOverflows", "TcpExtListenDrops", "TcpInSegs"]);
    expect(new Set(names)).to.have.lengthOf(names.length);
  });
});

describe("a netlink answer", () => {
  it("ends where a message claims more than there is, or less than its header", () => {
    for (const claimed of [0, 15, 21, 0xffffffff]) {
      const octets = Buffer.alloc(20);
      octets.writeUInt32LE(claimed, 0);
      expect([...netlinkMessages(octets)]).to.have.lengthOf(0);
    }
  });

  it("describes no listener when it is cut or in another state", () => {
    // struct inet_diag_msg: family, state, …, 72 octets.
    const message = Buffer.alloc(72);
    message[0] = 2;
    message[1] = 10;
    message.writeUInt16BE(80, 4);
    message.set([127, 0, 0, 1], 8);
    message.writeUInt32LE(3, 56);
    message.writeUInt32LE(128, 60);
    const view = (lengthBytes: number): DataView =>
      new DataView(message.buffer, message.byteOffset, lengthBytes);
    expect(parseListener(view(72))).to.include({
      addr: "127.0.0.1",
      port: 80,
      acceptQueue: 3,
      backlog: 128,
      drops: null,
    });
    expect(parseListener(view(71))).to.equal(null);
    message[1] = 1;
    expect(parseListener(view(72))).to.equal(null);
  });
});
