import { expect } from "chai";
import { trackScript } from "../support/track-script.js";

describe("an odd opening", () => {
  it("counts nothing as sent again in a simultaneous open (RFC 9293, section 3.5, figure 7)", async () => {
    const { flows } = await trackScript(`
      0     -> S  0:0(0)
      +.001 <- S  0:0(0)
      +.001 -> S. 0:0(0) ack 1
      +.001 <- S. 0:0(0) ack 1
      +.001 -> P. 1:6(5) ack 1
    `);
    expect(flows).to.have.length(1);
    expect(flows[0]).to.include({ clientRetransmits: 0, serverRetransmits: 0 });
  });

  it("still counts a SYN-ACK that is sent again in one", async () => {
    const { flows } = await trackScript(`
      0     -> S  0:0(0)
      +.001 <- S  0:0(0)
      +.001 -> S. 0:0(0) ack 1
      +1    -> S. 0:0(0) ack 1
    `);
    expect(flows[0]).to.include({ clientRetransmits: 1, serverRetransmits: 0 });
  });

  it("does not believe an ACK of an older connection before the handshake (half-open, RFC 9293, section 3.5.1)", async () => {
    const { flows } = await trackScript(`
      0     -> S  0:0(0)
      +.001 <- .  5000:5000(0) ack 1000000000
      +.001 -> R  1000000000:1000000000(0)
      +1    -> S  0:0(0)
      +.001 <- S. 0:0(0) ack 1
      +.001 -> .  1:1(0) ack 1
      +.001 -> P. 1:11(10) ack 1
      +.001 <- .  1:1(0) ack 11
    `);
    expect(flows).to.have.length(1);
    expect(flows[0]).to.include({ clientBytes: 10, clientUniqueBytes: 10 });
  });

  for (const [name, accepted] of [
    ["first", 0],
    ["second", 900_000_000],
  ] as const) {
    it(`counts from the ${name} of two SYN-ACKs, whose number the client acknowledges behind both`, async () => {
      const at = (octet: number) => accepted + octet;
      const { flows } = await trackScript(`
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +.001 <- S. 900000000:900000000(0) ack 1
        +.001 -> .  1:1(0) ack ${at(1)}
        +.001 <- P. ${at(1)}:${at(11)}(10) ack 1
        +.001 -> .  1:1(0) ack ${at(11)}
        +1    <- S. ${900_000_000 - accepted}:${900_000_000 - accepted}(0) ack 1
        +.001 -> .  1:1(0) ack ${at(11)}
      `);
      expect(flows).to.have.length(1);
      expect(flows[0]).to.include({ serverBytes: 10, serverUniqueBytes: 10 });
    });
  }

  it("goes on to count from there where the capture shows both sides of a SYN proxy, which renumbers what it passes on", async () => {
    const { segments } = await trackScript(`
      0     -> S  0:0(0)
      +.001 <- S. 0:0(0) ack 1
      +.001 <- S. 900000000:900000000(0) ack 1
      +.001 -> .  1:1(0) ack 900000001
      +.001 -> .  1:1(0) ack 1
      +.001 <- P. 900000001:900000011(10) ack 1
    `);
    expect(segments.at(-1)).to.include({ seq: 1 });
  });

  it("takes no acknowledgment of raw number 1 for that of another SYN-ACK", async () => {
    const script = `
      0     -> S  0:0(0)
      +.001 <- S. 0:0(0) ack 1
      +.001 <- P. 1:2(1) ack 1
      +.001 -> .  1:1(0) ack 2
      +.001 <- P. 2:12(10) ack 1
    `;
    const { flows } = await trackScript(script, { serverIsn: 0xffffffff });
    expect(flows[0]).to.include({ serverBytes: 11, serverUniqueBytes: 11 });
  });
});
