import { expect } from "chai";
import { sizeBytes } from "../../src/flows/connection-state.js";
import { trackScript } from "../support/track-script.js";

const HANDSHAKE = `
  0     -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +.001 -> .  1:1(0) ack 1
`;

// Codes and conditions: Zeek's base/protocols/conn/main.zeek.
describe("the state of a flow", () => {
  for (const [state, meaning, script] of [
    ["S0", "an attempt without an answer", "0 -> S 0:0(0)"],
    ["S0", "an attempt repeated", "0 -> S 0:0(0)\n1 -> S 0:0(0)"],
    ["S1", "established, not closed", HANDSHAKE],
    ["S1", "established for Zeek at the SYN-ACK", "0 -> S 0:0(0)\n+1 <- S. 0:0(0) ack 1"],
    ["SF", "closed by both", `${HANDSHAKE}+1 -> F. 1:1(0) ack 1\n+1 <- F. 1:1(0) ack 2`],
    [
      "SF",
      "closed by both, then a RST",
      `${HANDSHAKE}+1 -> F. 1:1(0) ack 1\n+1 <- F. 1:1(0) ack 2\n+1 -> R 2:2(0)`,
    ],
    [
      "SF",
      "FIN and RST of one side, then the FIN of the other",
      `${HANDSHAKE}+1 -> F. 1:1(0) ack 1\n+1 -> R. 2:2(0) ack 1\n+1 <- F. 1:1(0) ack 2`,
    ],
    ["REJ", "refused", "0 -> S 0:0(0)\n+1 <- R. 0:0(0) ack 1"],
    ["S2", "closed by the client only", `${HANDSHAKE}+1 -> F. 1:1(0) ack 1\n+1 <- . 1:1(0) ack 2`],
    ["S3", "closed by the server only", `${HANDSHAKE}+1 <- F. 1:1(0) ack 1\n+1 -> . 1:1(0) ack 2`],
    ["RSTO", "reset by the client", `${HANDSHAKE}+1 -> R 1:1(0)`],
    ["RSTR", "reset by the server", `${HANDSHAKE}+1 <- R 1:1(0)`],
    ["RSTOS0", "a SYN, then a RST of the same side", "0 -> S 0:0(0)\n+1 -> R 1:1(0)"],
    ["RSTRH", "a SYN-ACK, then a RST of the same side", "0 <- S. 0:0(0) ack 1\n+1 <- R 1:1(0)"],
    ["SH", "a SYN, then a FIN of the same side", "0 -> S 0:0(0)\n+1 -> F. 1:1(0) ack 1"],
    ["SHR", "a SYN-ACK, then a FIN of the same side", "0 <- S. 0:0(0) ack 1\n+1 <- F. 1:1(0) ack 1"],
    ["OTH", "no SYN seen", "0 -> . 1:1(0) ack 1\n+1 <- P. 1:9(8) ack 1"],
    ["OTH", "a SYN-ACK only", "0 <- S. 0:0(0) ack 1"],
    ["S1", "a SYN-ACK and an ACK: only the SYN was missed", "0 <- S. 0:0(0) ack 1\n+1 -> . 1:1(0) ack 1"],
    ["S0", "an ACK before the SYN-ACK makes no partial connection", "0 -> S 0:0(0)\n+1 <- . 1:1(0) ack 1"],
    ["S1", "a simultaneous open", "0 -> S 0:0(0)\n+1 <- S 0:0(0)"],
  ] as const) {
    it(`is ${state}: ${meaning}`, async () => {
      expect((await trackScript(script)).flows[0]!.state).to.equal(state);
    });
  }
});

describe("Zeek's size of an endpoint", () => {
  /** Octets of client and server. */
  async function sizesIn(script: string): Promise<[number, number]> {
    const sizes: [number, number][] = [];
    await trackScript(script, {}, (flow) => {
      sizes.push([sizeBytes(flow.client, flow.server), sizeBytes(flow.server, flow.client)]);
    });
    return sizes[0]!;
  }

  it("counts octets by their numbers, without SYN and FIN", async () => {
    const script = `${HANDSHAKE}
      +1 -> P. 1:11(10)  ack 1
      +1 -> P. 1:11(10)  ack 1
      +1 -> F. 11:11(0)  ack 21
    `;
    expect(await sizesIn(script)).to.deep.equal([10, 20]);
  });

  it("is 0 for a side that was never captured, whatever is acknowledged to it", async () => {
    expect(await sizesIn("0 -> S 0:0(0)\n+1 -> . 1:1(0) ack 1\n+1 -> P. 1:11(10) ack 501")).to.deep.equal([
      10, 0,
    ]);
  });
});
