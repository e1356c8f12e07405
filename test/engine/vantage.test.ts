import { expect } from "chai";
import type { Vantage } from "../../src/engine/finding.js";
import { defineRule } from "../../src/engine/rule.js";
import { vantageOf } from "../../src/engine/vantage.js";
import { analyzeScript } from "../support/analyze-script.js";

async function vantageIn(packets: string): Promise<Vantage | undefined> {
  let vantage: Vantage | undefined;
  const rule = defineRule({
    id: "looking",
    meta: {
      summary: "",
      severity: "note",
      messages: {},
      why: "",
      remedy: "",
      evidence: {},
      references: [],
    },
    create: () => ({
      flowEnd(flow, identity) {
        vantage = vantageOf(flow, identity);
      },
    }),
  });
  await analyzeScript(packets, { rules: [rule] });
  return vantage;
}

/** A handshake whose SYN-ACK comes `toServerMs` behind the SYN and whose ACK comes `toClientMs` behind that. */
const handshake = (clientTtl: number, serverTtl: number, toServerMs: number, toClientMs: number) => `
  0 -> S 0:0(0) {ttl ${clientTtl}}
  +${(toServerMs / 1e3).toFixed(6)} <- S. 0:0(0) ack 1 {ttl ${serverTtl}}
  +${(toClientMs / 1e3).toFixed(6)} -> . 1:1(0) ack 1 {ttl ${clientTtl}}`;

describe("the vantage of a capture", () => {
  const cases: [what: string, packets: string, vantage: Vantage][] = [
    ["near the end whose TTL no router has lowered: the server", handshake(57, 64, 1, 1), "server-host"],
    ["near the end whose TTL no router has lowered: the client", handshake(128, 49, 1, 1), "client-host"],
    [
      "behind routers, at the end that answers at once: the server",
      handshake(57, 63, 0.05, 20),
      "server-host",
    ],
    [
      "behind routers, at the end that answers at once: the client",
      handshake(63, 57, 20, 0.05),
      "client-host",
    ],
    ["behind routers, where both are as far", handshake(57, 58, 10, 12), "middle"],
    [
      "behind routers, where both are so near that scheduling decides",
      handshake(57, 58, 0.02, 0.2),
      "unknown",
    ],
    ["on one link, where a busy client looks far away", handshake(64, 64, 0.03, 30), "unknown"],
    [
      "behind routers with a repeated SYN, whose answer could be to either",
      `0 -> S 0:0(0) {ttl 57}\n1 -> S 0:0(0) {ttl 57}
       1.02 <- S. 0:0(0) ack 1 {ttl 58}\n+.0001 -> . 1:1(0) ack 1 {ttl 57}`,
      "unknown",
    ],
    [
      "in mid-stream behind routers",
      "0 -> P. 1:6(5) ack 1 {ttl 57}\n+1 <- . 1:1(0) ack 6 {ttl 58}",
      "unknown",
    ],
  ];
  for (const [what, packets, vantage] of cases) {
    it(`is ${vantage} ${what}`, async () => {
      expect(await vantageIn(packets)).to.equal(vantage);
    });
  }

  it("is the server's host on loopback", async () => {
    const connection = "connection 1 client 127.0.0.1:40000 server 127.0.0.1:80\n";
    expect(await vantageIn(connection + handshake(64, 64, 1, 1))).to.equal("server-host");
  });

  it("is the server's host where one address talks to itself", async () => {
    const connection = "connection 1 client 192.0.2.7:40000 server 192.0.2.7:80\n";
    expect(await vantageIn(connection + handshake(64, 64, 1, 1))).to.equal("server-host");
  });
});
