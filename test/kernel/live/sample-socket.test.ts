import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { expect } from "chai";
import { sampleSocket } from "../../../src/kernel/live/sample-socket.js";
import { skipBecause } from "../../support/mounts.js";

describe("one connection's socket", () => {
  it("is told with TCP_INFO, by its own addresses and ports", async function () {
    if (spawnSync("ss", ["-V"]).error !== undefined) skipBecause(this, "ss is not installed");
    const server = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const peerPort = address === null || typeof address === "string" ? 0 : address.port;
    const client = connect(peerPort, "127.0.0.1");
    await once(client, "connect");
    try {
      await new Promise((resolve) => client.write(Buffer.alloc(1000), resolve));
      const tuple = { localAddr: "127.0.0.1", localPort: client.localPort!, peerAddr: "127.0.0.1", peerPort };
      const row = await sampleSocket(tuple);
      expect(row).to.include({ kind: "socket", state: "ESTAB", ...tuple });
      expect(row?.tcpInfo.sentBytes).to.equal(1000);
      expect(await sampleSocket({ ...tuple, localPort: 1 })).to.equal(null);
    } finally {
      client.destroy();
      server.close();
    }
  });
});
