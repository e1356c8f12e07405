import { expect } from "chai";
import * as facts from "../../src/flows/flow.js";
import { trackScript } from "../support/track-script.js";

const MS = 1e6;
const S = 1e9;

/** What establishment.ts gathered about the first flow of a script. */
async function establishmentOf(script: string) {
  const gathered: ReturnType<typeof read>[] = [];
  const read = (flow: facts.Flow) => ({
    handshakeAckFrame: flow.handshakeAckFrame,
    progressFrame: flow.progressFrame,
    repeats: flow.repeats,
    repeatFrame: flow.repeatFrame,
    firstDataRepeats: flow.firstDataRepeats,
    bareRstFrame: flow.bareRstFrame,
    repeatNs: flow.repeatNs,
    progressNs: flow.progressNs,
    firstDataRepeatNs: flow.firstDataRepeatNs,
    firstDataLastRepeatNs: flow.firstDataLastRepeatNs,
    lastSynNs: flow.lastSynNs,
    repeatTsecr: flow.facts & facts.HAS_REPEAT_TIMESTAMPS ? flow.repeatTsecr : null,
    firstDataTsval: flow.facts & facts.HAS_FIRST_DATA_TIMESTAMPS ? flow.firstDataTsval : null,
    progressTsval: flow.facts & facts.HAS_PROGRESS_TIMESTAMPS ? flow.progressTsval : null,
    isSimultaneousOpen: (flow.facts & facts.IS_SIMULTANEOUS_OPEN) !== 0,
    hasSynData: (flow.facts & facts.HAS_SYN_DATA) !== 0,
  });
  await trackScript(script, {}, (flow) => gathered.push(read(flow)));
  return gathered[0]!;
}

const HANDSHAKE = `
  0     -> S  0:0(0)       <TS val 100 ecr 0>
  +.001 <- S. 0:0(0) ack 1 <TS val 900 ecr 100>
  +.001 -> .  1:1(0) ack 1 <TS val 102 ecr 900>
`;
const DATA = "+.001 -> P. 1:6(5) ack 1 <TS val 103 ecr 900>";
const NOTHING = { repeats: 0, repeatFrame: 0, firstDataRepeats: 0, bareRstFrame: 0, repeatTsecr: null };

describe("how a connection came into being", () => {
  it("healthy: handshake, data, acknowledgment", async () => {
    const flow = await establishmentOf(`${HANDSHAKE}${DATA}
      +.001 <- . 1:1(0) ack 6 <TS val 903 ecr 103>
    `);
    expect(flow).to.include({ ...NOTHING, handshakeAckFrame: 3, progressFrame: 5, progressNs: 4 * MS });
    expect(flow).to.include({ firstDataTsval: 103, progressTsval: 903 });
  });

  it("accept queue full: the SYN-ACK comes again after data, which is retransmitted", async () => {
    const flow = await establishmentOf(`${HANDSHAKE}${DATA}
      0.203 -> P. 1:6(5) ack 1 <TS val 303 ecr 900>
      1.001 <- S. 0:0(0) ack 1 <TS val 1900 ecr 303>
      +.001 -> .  6:6(0) ack 1
      1.603 -> P. 1:6(5) ack 1
      3.001 <- S. 0:0(0) ack 1
      6.4   -> P. 1:6(5) ack 1
      +.001 <- .  1:1(0) ack 6
    `);
    expect(flow).to.include({ repeats: 2, repeatFrame: 6, repeatNs: 1001 * MS, repeatTsecr: 303 });
    expect(flow).to.include({
      firstDataRepeats: 3,
      firstDataRepeatNs: 203 * MS,
      firstDataLastRepeatNs: 6400 * MS,
    });
    expect(flow).to.include({ progressFrame: 11, bareRstFrame: 0 });
  });

  it("SYN-ACKs that came again: the first that cannot have crossed the data counts", async () => {
    const flow = await establishmentOf(`
      0   -> S  0:0(0)
      .4  <- S. 0:0(0) ack 1
      1.1 -> .  1:1(0) ack 1
      1.1 -> P. 1:6(5) ack 1
      1.4 <- S. 0:0(0) ack 1
      3.6 <- S. 0:0(0) ack 1
      7.8 <- S. 0:0(0) ack 1`);
    expect(flow).to.include({ repeats: 3, repeatFrame: 6, repeatNs: 3600 * MS });
  });

  it("SYN cookie whose ACK was dropped: silence, then a bare RST when the cookie is too old", async () => {
    const flow = await establishmentOf(`${HANDSHAKE}${DATA}
      0.2   -> P. 1:6(5) ack 1
      102.4 -> P. 1:6(5) ack 1
      +.001 <- R  1:1(0)
    `);
    expect(flow).to.include({ ...NOTHING, firstDataRepeats: 2, bareRstFrame: 7, progressFrame: 0 });
  });

  it("connect and teardown: nothing is sent, so nothing is repeated", async () => {
    const flow = await establishmentOf(`${HANDSHAKE}
      +.001 -> F. 1:1(0) ack 1
      +.001 <- F. 1:1(0) ack 2
    `);
    expect(flow).to.include({ ...NOTHING, handshakeAckFrame: 3, progressFrame: 5 });
  });

  it("begun after the handshake: what the client acknowledged before came again", async () => {
    const flow = await establishmentOf(`
      0     -> P. 1:6(5) ack 1 <TS val 303 ecr 900>
      1.001 <- S. 0:0(0) ack 1 <TS val 1900 ecr 100>
      +.001 -> .  6:6(0) ack 1
      3.001 <- S. 0:0(0) ack 1
    `);
    expect(flow).to.include({ repeats: 2, repeatFrame: 2, repeatNs: 1001 * MS, repeatTsecr: 100 });
  });

  describe("a SYN-ACK that comes again is not counted", () => {
    it("before any data: TCP_DEFER_ACCEPT, or a lost handshake ACK", async () => {
      expect(await establishmentOf(`${HANDSHAKE}\n1 <- S. 0:0(0) ack 1`)).to.include(NOTHING);
    });

    it("when it answers a SYN that came again", async () => {
      const flow = await establishmentOf(`
        0     -> S  0:0(0)
        1     -> S  0:0(0)
        1.1   <- S. 0:0(0) ack 1
        +.001 -> .  1:1(0) ack 1
        +.001 -> P. 1:6(5) ack 1
        2.1   <- S. 0:0(0) ack 1
      `);
      expect(flow).to.include({ ...NOTHING, lastSynNs: 1 * S });
    });

    it("within 100 ms: the network held it back", async () => {
      expect(await establishmentOf(`${HANDSHAKE}${DATA}\n0.1 <- S. 0:0(0) ack 1`)).to.include(NOTHING);
      expect((await establishmentOf(`${HANDSHAKE}${DATA}\n0.101 <- S. 0:0(0) ack 1`)).repeats).to.equal(1);
    });

    it("as the first of a capture that begins before the client has sent any data", async () => {
      const script = "0 -> . 1:1(0) ack 1\n1 <- S. 0:0(0) ack 1\n+.001 -> . 1:1(0) ack 1";
      expect(await establishmentOf(script)).to.include(NOTHING);
    });

    it("with another ISN: that is another connection's, or a cookie's", async () => {
      expect(await establishmentOf(`${HANDSHAKE}${DATA}\n1 <- S. 77:77(0) ack 1`)).to.include(NOTHING);
    });

    it("as a copy", async () => {
      const script = `${HANDSHAKE}${DATA}\n1 <- S. 0:0(0) ack 1\n+.000003 <- S. 0:0(0) ack 1 {copy}`;
      expect((await establishmentOf(script)).repeats).to.equal(1);
    });

    it("once the server has shown that it holds the connection", async () => {
      const script = `${HANDSHAKE}${DATA}\n+.1 <- . 1:1(0) ack 6\n1 <- S. 0:0(0) ack 1`;
      expect(await establishmentOf(script)).to.include(NOTHING);
    });
  });

  describe("data is not counted as the first data sent again", () => {
    it("when it fills the gap before data that came too early", async () => {
      const flow = await establishmentOf(`${HANDSHAKE}
        +.1 -> P. 6:11(5) ack 1
        +.1 -> P. 1:6(5)  ack 1 <TS val 300 ecr 900>
      `);
      expect(flow).to.include({ ...NOTHING, firstDataTsval: 300 });
    });

    it("when it is later data, or a keepalive", async () => {
      const flow = await establishmentOf(`${HANDSHAKE}${DATA}
        +.1 -> P. 6:11(5)  ack 1
        +.1 -> P. 6:11(5)  ack 1
        +9  -> .  10:11(1) ack 1
      `);
      expect(flow).to.include(NOTHING);
    });
  });

  it("an RST with ACK, or at another number, is not what a listener answers", async () => {
    expect(await establishmentOf(`${HANDSHAKE}+1 <- R. 1:1(0) ack 1`)).to.include({ bareRstFrame: 0 });
    expect(await establishmentOf(`${HANDSHAKE}+1 <- R 9:9(0)`)).to.include({ bareRstFrame: 0 });
  });

  it("simultaneous open and data in the SYN are told", async () => {
    expect(await establishmentOf("0 -> S 0:0(0)\n+1 <- S 0:0(0)")).to.include({ isSimultaneousOpen: true });
    const fastOpen = await establishmentOf("0 -> S 0:5(5)\n+1 <- S. 0:0(0) ack 6");
    expect(fastOpen).to.include({ isSimultaneousOpen: false, hasSynData: true });
  });
});
