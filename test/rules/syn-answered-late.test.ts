import { expect } from "chai";
import { synAnsweredLate } from "../../src/rules/syn-answered-late.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";

const acknowledged = `
  +0   -> .  1:1(0) ack 1
  +0   -> P. 1:6(5) ack 1
  +.02 <- .  1:1(0) ack 6`;

const openedAfter = (seconds: string): string => `
  0           -> S  0:0(0) @syn
  +1          -> S  0:0(0) @repeat
  +${seconds} <- S. 0:0(0) ack 1 @synack
  ${acknowledged}`;

testRule(synAnsweredLate, {
  invalid: [
    {
      name: "one connection that waited for three seconds",
      packets: openedAfter("2"),
      findings: [
        {
          messageId: "late",
          evidence: { syn: "syn", repeat: "repeat", synack: "synack" },
          data: { lateFlows: 1, listenerFlows: 1, worstSeconds: "3.0", inAll: "" },
          severity: "warning",
          confidence: "strong",
        },
      ],
    },
    {
      name: "less than that, once, as a note",
      packets: openedAfter("1.9"),
      findings: [
        {
          messageId: "seldom",
          evidence: { syn: "syn", repeat: "repeat", synack: "synack" },
          severity: "note",
          data: { worstSeconds: "2.9" },
        },
      ],
    },
    {
      name: "three connections of a listener together, by the one that waited longest; not the one that did not wait",
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
        repeat 2 every 0.1 {
          +0   -> S  0:0(0)
          +1   -> S  0:0(0)
          +.02 <- S. 0:0(0) ack 1
          ${acknowledged}
        }
        connection 8 client 192.0.2.1:40008 server 192.0.2.2:80
        +0   -> S  0:0(0)
        +.02 <- S. 0:0(0) ack 1
        ${acknowledged}
        connection 9 client 192.0.2.1:40009 server 192.0.2.2:80
        +0   -> S  0:0(0) @syn
        +1   -> S  0:0(0) @repeat
        +1   -> S  0:0(0)
        +.02 <- S. 0:0(0) ack 1 @synack
        ${acknowledged}`,
      findings: [
        {
          messageId: "late",
          severity: "warning",
          flows: 3,
          data: { lateFlows: 3, listenerFlows: 4, worstSeconds: "2.0", inAll: ", 4.1 s in all" },
          evidence: { syn: "syn", repeat: "repeat", synack: "synack" },
        },
      ],
    },
  ],

  valid: [
    {
      name: "a SYN that was never answered",
      packets: "0 -> S 0:0(0)\n+1 -> S 0:0(0)\n+2 -> S 0:0(0)",
      others: ["syn-unanswered"],
    },
    {
      name: "a SYN that came again at once",
      packets: `
        0    -> S  0:0(0)
        +.2  -> S  0:0(0)
        +.02 <- S. 0:0(0) ack 1
        ${acknowledged}`,
    },
    {
      name: "one SYN and a slow answer: nothing was sent again",
      packets: `0 -> S 0:0(0)\n+4 <- S. 0:0(0) ack 1\n${acknowledged}`,
    },
    {
      name: "a SYN that comes again although it was answered",
      packets: `
        0    -> S  0:0(0)
        +.02 <- S. 0:0(0) ack 1
        +1   -> S  0:0(0)
        +.02 <- S. 0:0(0) ack 1
        ${acknowledged}`,
    },
    {
      name: "a way that takes as long as the wait",
      packets: `
        0    -> S  0:0(0)
        +1   -> S  0:0(0)
        +.5  <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1
        +0   -> P. 1:6(5) ack 1
        +.8  <- .  1:1(0) ack 6`,
    },
    {
      name: "two ends that open at the same time",
      packets: `
        0    -> S  0:0(0)
        +1   -> S  0:0(0)
        +1   <- S  0:0(0)
        +.01 -> S. 0:0(0) ack 1
        +.01 <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1`,
    },
  ],
});

describe("rule syn-answered-late", () => {
  const LATE =
    "The first SYN had arrived, says the timestamp in the SYN-ACK: the server took that long, or its first SYN-ACK was lost.";
  const PATH = "The path lost the SYNs, or the SYN-ACKs on their way back.";
  const HOST = [
    "The server's host dropped the SYNs: its accept queue or SYN queue was full, or a firewall limits new connections.",
    "The host was not up yet, or its address had to be resolved first.",
  ];

  async function alternativesOf(packets: string): Promise<readonly string[]> {
    const { report } = await analyzeScript(packets, { rules: [synAnsweredLate] }, { ipVersion: 4 });
    expect(report.findings).to.have.length(1);
    return report.findings[0]!.alternatives;
  }
  /** The SYN-ACK echoes `ecr`; the SYNs have 10 and 1010. */
  const answering = (ecr: number): string => `
    0    -> S  0:0(0) <mss 1460,TS val 10 ecr 0>
    +1   -> S  0:0(0) <mss 1460,TS val 1010 ecr 0>
    +3   <- S. 0:0(0) ack 1 <mss 1460,TS val 5 ecr ${ecr}>
    ${acknowledged}`;

  it("says that the first SYN had arrived where the SYN-ACK's timestamp does", async () => {
    expect(await alternativesOf(answering(10))).to.deep.equal([LATE]);
    expect(await alternativesOf(answering(1010))).to.deep.equal([PATH, ...HOST]);
    const both = `
      connection 1 client 10.0.0.1:40000 server 10.0.0.2:80
      ${answering(10)}
      connection 2 client 10.0.0.1:40001 server 10.0.0.2:80
      ${answering(1010)}`;
    expect(await alternativesOf(both)).to.deep.equal([PATH, ...HOST, `Of 1 of them: t${LATE.slice(1)}`]);
  });

  it("suspects what drops SYNs for what they ask for where none that asked for it was answered", async () => {
    const fallingBack = (number: number): string => `
      connection ${number} client 10.0.0.1:4000${number} server 10.0.0.2:80
      0    -> SEW 0:0(0)
      +1   -> S   0:0(0)
      +.02 <- S.  0:0(0) ack 1
      ${acknowledged}`;
    const suspicion = "Something drops SYNs with ECN: it answered none but those without.";
    expect(await alternativesOf(fallingBack(1) + fallingBack(2))).to.deep.equal([suspicion, PATH, ...HOST]);
    const answered = `
      connection 3 client 10.0.0.1:40003 server 10.0.0.2:80
      0    -> SEW 0:0(0)
      +.02 <- S.E 0:0(0) ack 1
      ${acknowledged}`;
    expect(await alternativesOf(fallingBack(1) + answered)).to.deep.equal([PATH, ...HOST]);
  });

  it("does not blame the way to the server where the SYNs were captured behind it", async () => {
    const packets = `
      0    -> S  0:0(0) {ttl 58}
      +1   -> S  0:0(0) {ttl 58}
      +3   -> S  0:0(0) {ttl 58}
      +0   <- S. 0:0(0) ack 1
      +.05 -> .  1:1(0) ack 1 {ttl 58}
      +0   -> P. 1:6(5) ack 1 {ttl 58}
      +0   <- .  1:1(0) ack 6`;
    expect(await alternativesOf(packets)).to.deep.equal(HOST);
  });

  it("reports shorter waits when asked to", async () => {
    const packets = `0 -> S 0:0(0)\n+.2 -> S 0:0(0)\n+.02 <- S. 0:0(0) ack 1\n${acknowledged}`;
    const ruleSettings = { "syn-answered-late": { options: { minWaitMs: 200 } } };
    const { report } = await analyzeScript(packets, { rules: [synAnsweredLate], ruleSettings });
    expect(report.findings.map(({ messageId }) => messageId)).to.deep.equal(["seldom"]);
  });
});
