import { expect } from "chai";
import fc from "fast-check";
import { trackScript } from "../support/track-script.js";

const HANDSHAKE = `
  0     -> S  0:0(0) <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7>
  +.001 <- S. 0:0(0) ack 1 <mss 1400,nop,wscale 15>
  +.001 -> .  1:1(0) ack 1
`;

/** The one flow of a handshake and what follows. */
async function flowOf(script: string, handshake = HANDSHAKE) {
  const { flows } = await trackScript(handshake + script);
  expect(flows).to.have.length(1);
  return flows[0]!;
}

describe("a flow's counters", () => {
  it("hold what the SYNs offered, a shift above 14 being used as 14 (RFC 7323, section 2.3)", async () => {
    expect(await flowOf("")).to.include({
      clientMss: 1460,
      serverMss: 1400,
      clientWindowScale: 7,
      serverWindowScale: 14,
    });
  });

  it("keep the first SYN's offers when it comes again with fewer options", async () => {
    const { flows } = await trackScript(`
      0 -> S 0:0(0) <mss 1460,nop,wscale 7>
      1 -> S 0:0(0)
    `);
    expect(flows[0]).to.include({ clientMss: 1460, clientWindowScale: 7, clientSyns: 2, synNs: 0 });
  });

  it("tell when the handshake went on", async () => {
    expect(await flowOf("")).to.include({ synNs: 0, synAckNs: 1e6, handshakeAckNs: 2e6 });
  });

  it("count octets sent twice as sent and as a retransmission, and once as unique", async () => {
    const flow = await flowOf(`
      +1 -> P. 1:11(10) ack 1
      +1 -> P. 1:11(10) ack 1
      +1 -> P. 6:16(10) ack 1
    `);
    expect(flow).to.include({ clientBytes: 30, clientUniqueBytes: 15, clientRetransmits: 1 });
  });

  it("take a keepalive for no retransmission, with an octet or without (RFC 9293, section 3.8.4)", async () => {
    const flow = await flowOf(`
      +1 -> P. 1:11(10)  ack 1
      +1 <- .  1:1(0)    ack 11
      +9 -> .  10:10(0)  ack 1
      +9 -> .  10:11(1)  ack 1
    `);
    expect(flow).to.include({ clientRetransmits: 0, clientUniqueBytes: 10 });
  });

  it("count a FIN sent again as a retransmission, and neither SYN nor FIN as an octet", async () => {
    const flow = await flowOf(`
      +1 -> F. 1:11(10) ack 1
      +1 -> F. 1:11(10) ack 1
      +1 -> F. 11:11(0) ack 1
    `);
    expect(flow).to.include({ clientUniqueBytes: 10, clientRetransmits: 2 });
  });

  it("pass over the payload of a RST: it is no part of the stream", async () => {
    expect(await flowOf("+1 -> R. 1:11(10) ack 1")).to.include({ clientBytes: 0, clientUniqueBytes: 0 });
  });

  it("tell who closed first and how", async () => {
    const fin = await flowOf("+1 <- F. 1:1(0) ack 1\n+1 -> R. 1:1(0) ack 2");
    expect(fin).to.include({ closedBy: "server", closeKind: "fin", serverFinFrame: 4, clientRstFrame: 5 });
    expect(fin.closedNs).to.equal(1_002_000_000);
    expect(await flowOf("+1 -> R 1:1(0)")).to.include({ closedBy: "client", closeKind: "rst" });
  });

  it("last from the first packet to the last, whatever the clock does in between", async () => {
    const { flows } = await trackScript(`
      10 -> S 0:0(0)
      9  <- S. 0:0(0) ack 1
      12 -> . 1:1(0) ack 1
      11 -> P. 1:2(1) ack 1
    `);
    expect(flows[0]).to.include({ startNs: 0, durationNs: 2e9 });
  });

  const piece = fc.tuple(fc.nat(59), fc.integer({ min: 1, max: 12 }));
  for (const [what, handshake] of [
    ["after the handshake", HANDSHAKE],
    ["in mid-flow", "0 -> . 1:1(0) ack 1\n+.001 <- . 1:1(0) ack 1\n"],
  ] as const) {
    it(`count each octet once in any order, overlap and loss: ${what}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { maxLength: 14 }), async (pieces) => {
          const octets = new Set<number>();
          const lines = pieces.map(([first, length]) => {
            for (let octet = first; octet < first + length; octet++) octets.add(octet);
            return `+.01 -> P. ${first + 1}:${first + 1 + length}(${length}) ack 1`;
          });
          const flow = await flowOf(lines.join("\n"), handshake);
          expect(flow.clientUniqueBytes).to.equal(octets.size);
          expect(flow.clientBytes).to.equal(pieces.reduce((sum, [, length]) => sum + length, 0));
        }),
        { numRuns: 200 },
      );
    });
  }

  it("count octets behind an acknowledged gap", async () => {
    const flow = await flowOf(`
      +1 -> P. 1:11(10)  ack 1
      +1 -> P. 21:31(10) ack 1
      +1 <- .  1:1(0)    ack 31
      +1 -> P. 31:41(10) ack 1
    `);
    expect(flow).to.include({ clientUniqueBytes: 30, clientBytes: 30 });
  });
});
