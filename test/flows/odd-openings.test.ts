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
});
