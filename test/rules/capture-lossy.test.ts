import { expect } from "chai";
import { captureLossy } from "../../src/rules/capture-lossy.js";
import { analyzePcapng } from "../support/pcapng-drops.js";
import { testRule } from "../support/rule-tester.js";

const opened = `
  0     -> S  0:0(0) <mss 1460>
  +.01  <- S. 0:0(0) ack 1 <mss 1460>
  +0    -> .  1:1(0) ack 1
  +.001 -> P. 1:101(100) ack 1
  +.01  <- .  1:1(0) ack 101`;

/** The server's direction has a clock of its own, which is late. */
const openedLate = `
  0     -> S  0:0(0)
  +.01  -> .  1:1(0) ack 1
  +0    -> P. 1:101(100) ack 1
  +.01  <- S. 0:0(0) ack 1`;

testRule(captureLossy, {
  testedApart: ["dropped"],
  invalid: [
    {
      name: "one segment of ten is missing, and acknowledged all the same",
      packets: `${opened}
        +.001 <- .  1:1001(1000) ack 101
        +.001 <- .  2001:3001(1000) ack 101
        +.001 -> .  101:101(0) ack 3001      @ack
        +.01  <- P. 3001:4001(1000) ack 101
        +.001 -> .  101:101(0) ack 4001`,
      findings: [
        {
          messageId: "missing",
          evidence: { ack: "ack" },
          // 100 octets of the request, 4000 of the answer.
          data: { missingBytes: 1000, ackedBytes: 4100, lossyFlows: 1, dropNote: "" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "the request is missing altogether",
      packets: `
        0     -> S  0:0(0)
        +.01  <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +.01  <- P. 1:501(500) ack 201  @ack
        +.001 -> .  201:201(0) ack 501`,
      findings: [
        { messageId: "missing", evidence: { ack: "ack" }, data: { missingBytes: 200, ackedBytes: 700 } },
      ],
    },
    {
      name: "a gap in a connection whose beginning was not captured, once what came before was acknowledged",
      packets: `
        0     <- .  1:1001(1000) ack 1
        +.001 -> .  1:1(0) ack 1001
        +.001 <- .  2001:3001(1000) ack 1
        +.001 -> .  1:1(0) ack 3001  @ack`,
      findings: [
        { messageId: "missing", evidence: { ack: "ack" }, data: { missingBytes: 1000, ackedBytes: 3000 } },
      ],
    },
    {
      name: "two seconds after what was sent before the capture was acknowledged, and skipped",
      packets: `
        0     -> .  1:1(0) ack 1 <sack 301:901>
        +.001 <- P. 1:301(300) ack 1
        +.01  -> .  1:1(0) ack 901      @ack
        +.001 <- P. 901:1201(300) ack 1
        +.01  -> .  1:1(0) ack 1201
        +2    <- P. 1701:2001(300) ack 1
        +.01  -> .  1:1(0) ack 2001`,
      findings: [{ messageId: "missing", evidence: { ack: "ack" }, data: { missingBytes: 500 } }],
    },
    {
      name: "two connections of three",
      packets: `
        repeat 2 every 1 {
          +0    -> S  0:0(0)
          +.01  <- S. 0:0(0) ack 1
          +0    -> .  1:1(0) ack 1
          +.001 -> P. 1:101(100) ack 1
          +.01  <- P. 1001:1501(500) ack 101
          +.001 -> .  101:101(0) ack 1501   @ack
        }
        connection 9
        5     -> S  0:0(0)
        +.01  <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +.001 -> P. 1:101(100) ack 1
        +.01  <- P. 1:501(500) ack 101
        +.001 -> .  101:101(0) ack 501`,
      findings: [
        {
          messageId: "missing",
          evidence: { ack: "ack-1" },
          data: { missingBytes: 2000, lossyFlows: 2 },
          flows: 2,
        },
      ],
    },
  ],
  valid: [
    {
      name: "a loss that is made good when the capture begins: what was sent behind it is acknowledged, and skipped",
      packets: `
        0     -> .  1:1(0) ack 1 <sack 301:901>
        +.001 <- P. 1:301(300) ack 1
        +.001 <- P. 901:1201(300) ack 1
        +.01  -> .  1:1(0) ack 1201
        +.001 <- P. 1501:1801(300) ack 1
        +.001 -> .  1:1(0) ack 1201 <sack 1501:1801>
        +2    <- P. 1201:1501(300) ack 1
        +.01  -> .  1:1(0) ack 1801`,
    },
    {
      name: "data repeated from before the capture, whose acknowledgments were lost for long",
      others: ["blackhole-forward"],
      packets: `
        0     <- P. 1:1201(1200) ack 1
        +.8   <- P. 1:1201(1200) ack 1
        +1.6  <- P. 1:1201(1200) ack 1
        +3.2  <- P. 1:1201(1200) ack 1
        +.002 -> .  1:1(0) ack 6301 <sack 1:1201>`,
    },
    {
      name: "the capture begins in mid-stream: what was on its way then was never there to be captured",
      packets: `
        0     -> .  1:1(0) ack 5001
        +.001 <- .  9001:10001(1000) ack 1
        +.001 -> .  1:1(0) ack 7001
        +.001 -> .  1:1(0) ack 9001
        +.001 <- .  10001:11001(1000) ack 1
        +.001 -> .  1:1(0) ack 11001`,
    },
    {
      name: "lost on the network and sent again",
      packets: `${opened}
        +.001 <- .  1:1001(1000) ack 101
        +.001 <- .  2001:3001(1000) ack 101
        +.001 -> .  101:101(0) ack 1001
        +.1   <- .  1001:2001(1000) ack 101
        +.001 -> .  101:101(0) ack 3001`,
    },
    {
      name: "the capture puts data behind its acknowledgment, in two pieces",
      packets: `${opened}
        +.00001 -> .  101:101(0) ack 2001
        +.00001 <- .  1:1001(1000) ack 101
        +.00001 <- P. 1001:2001(1000) ack 101
        +.01    -> .  101:101(0) ack 2001`,
    },
    {
      name: "the server's direction is recorded late, by a clock of its own",
      others: ["capture-clock"],
      packets: `${openedLate}
        +.001 -> .  101:101(0) ack 1001
        +.001 -> .  101:101(0) ack 2001
        +.001 -> .  101:101(0) ack 3001
        +.01  <- .  1:1(0) ack 101
        +.001 <- .  1:1001(1000) ack 101
        +.001 <- .  1001:2001(1000) ack 101
        +.001 <- .  2001:3001(1000) ack 101`,
    },
    {
      name: "the same, and a segment is missing or comes later: nothing can be told",
      others: ["capture-clock"],
      packets: `${openedLate}
        +.001 -> .  101:101(0) ack 1001
        +.001 -> .  101:101(0) ack 3001
        +.01  <- .  1:1(0) ack 101
        +.001 <- .  1:1001(1000) ack 101
        +.001 <- .  2001:3001(1000) ack 101`,
    },
    {
      name: "the capture puts acknowledgment upon acknowledgment before the data",
      packets: `${opened}
        +.001 -> .  101:101(0) ack 1001
        +.001 -> .  101:101(0) ack 2001
        +.001 <- .  1:1001(1000) ack 101
        +.001 -> .  101:101(0) ack 3001
        +.001 <- .  1001:2001(1000) ack 101
        +.001 -> .  101:101(0) ack 4001
        +.001 <- .  2001:3001(1000) ack 101
        +.001 -> .  101:101(0) ack 5002
        +.001 <- .  3001:4001(1000) ack 101
        +.001 <- F. 4001:5001(1000) ack 101`,
    },
    {
      name: "keepalives and their answers",
      packets: `${opened}
        +10  -> .  100:101(1) ack 1
        +.01 <- .  1:1(0) ack 101
        +10  -> .  100:100(0) ack 1
        +.01 <- .  1:1(0) ack 101`,
    },
    {
      name: "a FIN that was not captured, and its acknowledgment",
      packets: `${opened}
        +1   <- .  1:1(0) ack 102
        +.01 <- F. 1:1(0) ack 102
        +.01 -> .  102:102(0) ack 2`,
    },
    {
      name: "one direction only: an asymmetric route",
      packets: `
        0     -> S  0:0(0)
        +.01  -> .  1:1(0) ack 1
        +.01  -> P. 1:101(100) ack 1
        +.01  -> .  101:101(0) ack 5001
        +.01  -> F. 101:101(0) ack 9001`,
    },
    {
      name: "an acknowledgment of numbers that are not this connection's",
      packets: `${opened}
        +.01 <- . 1:1(0) ack 900000101
        +.01 -> P. 101:201(100) ack 1
        +.01 <- . 1:1(0) ack 201`,
    },
    {
      name: "two stretches of a connection, far from each other",
      packets: `
        0     -> P. 1:101(100) ack 1
        +.001 <- .  1:1001(1000) ack 101
        +.001 -> .  101:101(0) ack 1001
        +60   <- .  90000001:90001001(1000) ack 101
        +.001 -> .  101:101(0) ack 90001001`,
    },
    {
      name: "only attempts",
      others: ["syn-refused"],
      packets: "repeat 30 every 0.001 {\n+0 -> S 0:0(0)\n+.001 <- R. 0:0(0) ack 1\n}",
    },
  ],
});

describe("drops that a pcapng file counts", () => {
  it("are reported where no acknowledgment shows them, from the share in the options on", async () => {
    const findings = await analyzePcapng(opened, 2);
    expect(findings.map(({ ruleId, messageId }) => `${ruleId} ${messageId}`)).to.deep.equal([
      "capture-lossy dropped",
    ]);
    expect(findings[0]?.data).to.include({ droppedFrames: 2, seenFrames: 7 });
  });

  it("are not reported when there are none", async () => {
    expect(await analyzePcapng(opened, 0)).to.deep.equal([]);
  });

  it("make the loss that acknowledgments show certain", async () => {
    const [finding] = await analyzePcapng(
      `${opened}\n+1 <- P. 501:1001(500) ack 101\n+0 -> . 101:101(0) ack 1001`,
      1,
    );
    expect(finding).to.include({ messageId: "missing", confidence: "certain" });
    expect(finding?.message).to.include("counted 1 dropped frame");
  });
});
