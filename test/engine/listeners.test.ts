import { expect } from "chai";
import type { Listener } from "../../src/engine/listeners.js";
import { defineRule } from "../../src/engine/rule.js";
import { analyzeScript } from "../support/analyze-script.js";

/** The listeners of a script, as they stand when all flows have ended. */
async function listenersOf(packets: string, ipVersion: 4 | 6 = 4): Promise<Listener[]> {
  const listeners = new Set<Listener>();
  const rule = defineRule({
    id: "listening",
    meta: {
      summary: "",
      severity: "note",
      messages: {},
      why: "",
      remedy: "",
      evidence: {},
      references: [],
    },
    create: () => ({ flowEnd: (_flow, _identity, listener) => void listeners.add(listener) }),
  });
  await analyzeScript(packets, { rules: [rule] }, { ipVersion });
  return [...listeners];
}

describe("listeners", () => {
  for (const [what, packets, milliseconds] of [
    [
      "the handshake",
      `0    -> S  0:0(0)
       +.03 <- S. 0:0(0) ack 1
       +.01 -> .  1:1(0) ack 1`,
      [40],
    ],
    [
      "the handshake, when early data comes before its end (TCP Fast Open)",
      `0     -> S  0:5(5)
       +.001 <- S. 0:0(0) ack 6
       +.001 <- P. 1:101(100) ack 6
       +.038 -> .  6:6(0) ack 101`,
      [40],
    ],
    [
      "later segments, where the SYN-ACK came again",
      `0    -> S  0:0(0)
       +.03 <- S. 0:0(0) ack 1
       +1   <- S. 0:0(0) ack 1
       +.01 -> .  1:1(0) ack 1
       +.1  -> P. 1:101(100) ack 1
       +.03 <- P. 1:101(100) ack 101
       +.01 -> .  101:101(0) ack 101`,
      [40],
    ],
    [
      "nothing, where the SYN came again and no data followed",
      `0    -> S  0:0(0)
       +1   -> S  0:0(0)
       +.03 <- S. 0:0(0) ack 1
       +.01 -> .  1:1(0) ack 1`,
      [],
    ],
  ] as const) {
    it(`have the round trip of ${what}`, async () => {
      const [listener] = await listenersOf(packets);
      expect(listener!.roundTripsNs.map((sampleNs) => Math.round(sampleNs / 1e6))).to.deep.equal(
        milliseconds,
      );
    });
  }

  it("are one for each server address and port, whoever connects", async () => {
    const listeners = await listenersOf(`
      connection 1 client 192.0.2.1:40000 server 192.0.2.9:80
      0 -> S 0:0(0)
      connection 2 client 192.0.2.8:40000 server 192.0.2.9:80
      0 -> S 0:0(0)
      connection 3 client 192.0.2.1:40001 server 192.0.2.9:81
      0 -> S 0:0(0)`);
    expect(listeners.map(({ name, flows }) => [name, flows])).to.deep.equal([
      ["192.0.2.9:80", 2],
      ["192.0.2.9:81", 1],
    ]);
  });

  it("have an IPv6 address in brackets", async () => {
    const [listener] = await listenersOf("0 -> S 0:0(0)", 6);
    expect(listener?.name).to.equal("[2001:db8::2]:80");
  });

  it("tell how their flows ended", async () => {
    const [listener] = await listenersOf(`
      connection 1
      0  -> S  0:0(0)
      +0 <- S. 0:0(0) ack 1
      +0 -> .  1:1(0) ack 1
      +0 -> F. 1:1(0) ack 1
      +0 <- F. 1:1(0) ack 2
      +0 -> .  2:2(0) ack 2
      connection 2
      +0 -> S  0:0(0)
      +0 <- S. 0:0(0) ack 1
      +0 -> .  1:1(0) ack 1
      +0 -> R. 1:1(0) ack 1
      connection 3
      +0 -> S  0:0(0)
      +0 <- R. 0:0(0) ack 1
      connection 4
      +0 -> S  0:0(0)
      +1 -> S  0:0(0)`);
    expect(listener).to.include({ flows: 4, closedNormally: 1, reset: 1, failed: 2, retransmits: 1 });
  });

  for (const [what, packets, failed] of [
    [
      "the client repeats its SYN behind the SYN-ACK",
      "-> S 0:0(0)\n+0 <- S. 0:0(0) ack 1\n+1 -> S 0:0(0)",
      1,
    ],
    ["the server repeats its SYN-ACK", "-> S 0:0(0)\n+0 <- S. 0:0(0) ack 1\n+1 <- S. 0:0(0) ack 1", 1],
    ["the SYN-ACK has not been acknowledged yet", "-> S 0:0(0)\n+0 <- S. 0:0(0) ack 1", 0],
    [
      "the client sent its SYN twice, and has the answer",
      "-> S 0:0(0)\n+1 -> S 0:0(0)\n+0 <- S. 0:0(0) ack 1\n+0 -> . 1:1(0) ack 1",
      0,
    ],
    [
      "only the client's data was captured behind it",
      "-> S 0:0(0)\n+1 -> S 0:0(0)\n+0 <- S. 0:0(0) ack 1\n+0 -> P. 9:12(3) ack 5",
      0,
    ],
    [
      "nothing of the client was captured",
      "<- S. 0:0(0) ack 1\n+1 <- S. 0:0(0) ack 1\n+1 <- S. 0:0(0) ack 1",
      0,
    ],
    [
      "the client resets the SYN-ACK and asks again",
      "-> S 0:0(0)\n+0 <- S. 0:0(0) ack 1\n+0 -> R 1:1(0)\n+1 -> S 0:0(0)\n+0 <- S. 0:0(0) ack 1\n+0 -> R 1:1(0)",
      1,
    ],
    [
      "the client resets one SYN-ACK after the other, which answer SYNs that were not captured",
      "<- S. 0:0(0) ack 1\n+0 -> R 1:1(0)\n+1 <- S. 0:0(0) ack 1\n+0 -> R 1:1(0)",
      1,
    ],
    [
      "the client acknowledges an octet before the SYN-ACK, and resets nothing",
      "-> S 0:0(0)\n+1 -> S 0:0(0)\n+0 <- S. 0:0(0) ack 1\n+0 -> . 1:1(0) ack 0",
      0,
    ],
    [
      "the client gives up by a RST, without any answer",
      "-> S 0:0(0)\n+1 -> S 0:0(0)\n+1 -> S 0:0(0)\n+1 -> R 1:1(0)",
      1,
    ],
    ["a scanner resets the SYN-ACK", "-> S 0:0(0)\n+0 <- S. 0:0(0) ack 1\n+0 -> R 1:1(0)", 0],
    [
      "the client resets what it had acknowledged",
      "-> S 0:0(0)\n+1 -> S 0:0(0)\n+0 <- S. 0:0(0) ack 1\n+0 -> . 1:1(0) ack 1\n+1 -> R 1:1(0)",
      0,
    ],
    [
      "the client resets what it had sent data to",
      "-> S 0:0(0)\n+1 -> S 0:0(0)\n+0 <- S. 0:0(0) ack 1\n+0 -> P 1:4(3)\n+1 -> R 4:4(0)",
      0,
    ],
    [
      "the client resets what it had closed",
      "-> S 0:0(0)\n+1 -> S 0:0(0)\n+0 <- S. 0:0(0) ack 1\n+0 -> F 1:1(0)\n+1 -> R 2:2(0)",
      0,
    ],
    [
      "the server acknowledges without a SYN",
      "-> S 0:0(0)\n+1 -> S 0:0(0)\n+1 -> S 0:0(0)\n+0 <- . 5:5(0) ack 1",
      1,
    ],
  ] as const)
    it(`count ${failed} as failed where ${what}`, async () => {
      const [listener] = await listenersOf(`0 ${packets}`);
      expect(listener).to.include({ flows: 1, failed });
    });

  it("tell when they answered, and whether they know TCP's options", async () => {
    const [first, second] = await listenersOf(`
      connection 1 client 192.0.2.1:40000 server 192.0.2.9:80
      0 -> S  0:0(0)       <wscale 7>
      1 <- S. 0:0(0) ack 1 <wscale 7>
      1 -> P. 1:6(5) ack 1
      2 <- .  1:1(0) ack 6
      connection 2 client 192.0.2.1:40000 server 192.0.2.9:81
      3 -> S  0:0(0)       <wscale 7>
      4 <- S. 0:0(0) ack 1 <mss 1460>`);
    expect(first).to.deep.include({ hasOptions: true, answersNs: [1e9, 2e9] });
    expect(second).to.deep.include({ hasOptions: false, answersNs: [4e9] });
  });
});
