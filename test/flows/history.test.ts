import { expect } from "chai";
import { trackScript } from "../support/track-script.js";

async function historyOf(script: string): Promise<string> {
  return (await trackScript(script)).flows[0]!.history;
}

const HANDSHAKE = `
  0     -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +.001 -> .  1:1(0) ack 1
`;

/** `count` lines, numbered from 0. */
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join("\n");

// The letters' meaning: Zeek's base/protocols/conn/main.zeek, field `history` of conn.log.
describe("the history of a flow", () => {
  it("of a request and its answer is ShADadFf, each letter at its first occurrence", async () => {
    const script = `${HANDSHAKE}
      +.001 -> P. 1:11(10)  ack 1
      +.001 <- .  1:1(0)    ack 11
      +.001 <- P. 1:21(20)  ack 11
      +.001 -> .  11:11(0)  ack 21
      +.001 -> F. 11:11(0)  ack 21
      +.001 <- F. 21:21(0)  ack 12
      +.001 -> .  12:12(0)  ack 22
    `;
    expect(await historyOf(script)).to.equal("ShADadFf");
  });

  it("begins with ^ when the server was seen first", async () => {
    expect(await historyOf("0 <- S. 0:0(0) ack 1\n+.001 -> . 1:1(0) ack 1")).to.equal("^hA");
  });

  it("has no data letter for data in a SYN, FIN or RST", async () => {
    expect(await historyOf(`${HANDSHAKE}+1 -> F. 1:11(10) ack 1`)).to.equal("ShAF");
  });

  it("tells a SYN once however often it is sent, and a RST again at another number", async () => {
    const script = `
      0  -> S 0:0(0)
      +1 -> S 0:0(0)
      +1 <- R 1:1(0)
      +1 <- R 1:1(0)
      +1 <- R 9:9(0)
    `;
    expect(await historyOf(script)).to.equal("Srr");
  });

  it("tells a SYN-ACK with another ISN again only after the FIN of its side", async () => {
    expect(await historyOf(`${HANDSHAKE}+1 <- S. 77:77(0) ack 1`)).to.equal("ShA");
    expect(await historyOf(`${HANDSHAKE}+1 <- F. 1:1(0) ack 1\n+1 <- S. 77:77(0) ack 1`)).to.equal("ShAfh");
  });

  it("tells a FIN again when it stands elsewhere; its place is behind the segment's data", async () => {
    const script = `${HANDSHAKE}
      +1 -> F. 1:11(10) ack 1
      +1 -> F. 11:11(0) ack 1
      +1 -> F. 12:12(0) ack 1
    `;
    expect(await historyOf(script)).to.equal("ShAFF");
  });

  it("tells FIN with RST as I, SYN with FIN or RST as Q, once a side", async () => {
    expect(await historyOf("0 -> FR. 0:0(0) ack 1\n+1 -> FR. 0:0(0) ack 1")).to.equal("I");
    expect(await historyOf("0 -> FS 0:0(0)\n+1 <- SR 0:0(0)\n+1 -> SR 0:0(0)")).to.equal("Qq");
  });

  it("tells payload sent again at the 1st, 10th and 100th time", async () => {
    const script = (times: number) =>
      `${HANDSHAKE}+.1 -> P. 1:11(10) ack 1\n${lines(times, () => "+.1 -> P. 1:11(10) ack 1")}`;
    expect(await historyOf(script(1))).to.equal("ShADT");
    expect(await historyOf(script(9))).to.equal("ShADT");
    expect(await historyOf(script(10))).to.equal("ShADTT");
    expect(await historyOf(script(99))).to.equal("ShADTT");
    expect(await historyOf(script(100))).to.equal("ShADTTT");
  });

  // update_last_seq in Zeek's TCPSessionAdapter.cc: a RST's payload is not in its number, any segment advances it.
  it("tells the payload of a RST as sent again, for its place is where the RST stands", async () => {
    expect(await historyOf(`${HANDSHAKE}+1 <- R. 1:5(4) ack 1`)).to.equal("ShArt");
    expect(await historyOf(`${HANDSHAKE}+1 <- R. 2:6(4) ack 1`)).to.equal("ShAr");
    expect(await historyOf(`${HANDSHAKE}+1 <- R. 1:1(0) ack 1\n+1 <- R. 1:5(4) ack 1`)).to.equal("ShAr");
  });

  it("tells payload beside a SYN as sent again", async () => {
    expect(await historyOf("0 -> S 0:4(4)\n+1 -> S 0:4(4)")).to.equal("ST");
  });

  it("tells payload as sent again up to where an ACK without data has stood", async () => {
    const missed = `${HANDSHAKE}+1 -> . 21:21(0) ack 1`;
    expect(await historyOf(`${missed}\n+1 -> P. 1:21(20) ack 1`)).to.equal("ShADT");
    expect(await historyOf(`${missed}\n+1 -> P. 1:22(21) ack 1`)).to.equal("ShAD");
    expect(await historyOf(`${missed}\n+1 -> P. 1:11(10) ack 1\n+1 -> P. 11:21(10) ack 1`)).to.equal("ShADT");
    const twice = `${missed}\n+1 -> P. 1:31(30) ack 1\n+1 -> . 41:41(0) ack 1\n+1 -> P. 31:41(10) ack 1`;
    expect(await historyOf(twice)).to.equal("ShADT");
    expect(await historyOf(`${HANDSHAKE}+1 -> P. 1:21(20) ack 1\n+1 -> . 1:1(0) ack 1`)).to.equal("ShAD");
  });

  it("forgets where an ACK has stood when a SYN comes again after the handshake, not before", async () => {
    const after = `${HANDSHAKE}+1 -> . 21:21(0) ack 1\n+1 -> S 0:0(0)\n+1 -> P. 1:5(4) ack 1`;
    expect(await historyOf(after)).to.equal("ShAD");
    const before = `0 -> S 0:0(0)\n+1 -> . 9:9(0) ack 1\n+1 -> S 0:0(0)\n+1 -> P. 1:5(4) ack 1`;
    expect(await historyOf(before)).to.equal("SADT");
  });

  it("tells frames that were recorded twice like others, though they count as copies", async () => {
    const copied = `+1 -> P. 1:11(10) ack 1 {id 7}\n+.000001 -> P. 1:11(10) ack 1 {id 7}`;
    const { flows } = await trackScript(`${HANDSHAKE}${copied}`);
    expect(flows[0]).to.include({ history: "ShADT", clientCopies: 1 });
  });

  it("does not take the first payload of a side for sent again, wherever its peer's ACK stood", async () => {
    expect(await historyOf("0 -> . 101:101(0) ack 51\n+1 <- P. 21:31(10) ack 101")).to.equal("Ad");
  });

  it("tells a zero window unless the peer has closed or the segment is a RST", async () => {
    expect(await historyOf(`${HANDSHAKE}+1 <- . 1:1(0) ack 1 win 0`)).to.equal("ShAaw");
    expect(await historyOf(`${HANDSHAKE}+1 -> F. 1:1(0) ack 1\n+1 <- . 1:1(0) ack 2 win 0`)).to.equal(
      "ShAFa",
    );
    expect(await historyOf(`${HANDSHAKE}+1 <- R. 1:1(0) ack 1 win 0`)).to.equal("ShAr");
  });

  describe("tells a gap", () => {
    it("when octets are acknowledged that were not captured", async () => {
      const script = `${HANDSHAKE}
        +1 <- P. 1:11(10)  ack 1
        +1 <- P. 21:31(10) ack 1
        +1 -> .  1:1(0)    ack 31
      `;
      expect(await historyOf(script)).to.equal("ShAdg");
    });

    it("once for each, so that ten behind one acknowledgment are the 1st and the 10th", async () => {
      const holes = lines(10, (index) => `+.1 <- P. ${index * 20 + 11}:${index * 20 + 21}(10) ack 1`);
      expect(await historyOf(`${HANDSHAKE}${holes}\n+1 -> . 1:1(0) ack 201`)).to.equal("ShAdgg");
    });

    it("not when they come late but before they are acknowledged", async () => {
      const script = `${HANDSHAKE}
        +1 <- P. 11:21(10) ack 1
        +1 <- P. 1:11(10)  ack 1
        +1 -> .  1:1(0)    ack 21
      `;
      expect(await historyOf(script)).to.equal("ShAdt");
    });

    it("not where the other direction was never captured", async () => {
      expect(await historyOf("0 -> S 0:0(0)\n+1 -> . 1:1(0) ack 1\n+1 -> . 1:1(0) ack 501")).to.equal("SA");
    });

    it("not after a RST, whose numbers prove nothing", async () => {
      expect(await historyOf(`${HANDSHAKE}+1 <- R. 1:1(0) ack 1\n+1 -> . 1:1(0) ack 501`)).to.equal("ShAr");
    });
  });
});
