import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { syncookieAckDropped } from "../../src/rules/syncookie-ack-dropped.js";
import { useScratchFolder } from "../store/scratch-folder.js";
import { analyzeScript } from "../support/analyze-script.js";
import { shutBehindHandshake } from "../support/outage-scripts.js";
import { testRule } from "../support/rule-tester.js";
import { accepted } from "../support/syncookie-ack-dropped/accepted.js";

/** The client's five octets, again and again and in vain: initial timer 0.2 s, doubled each time. */
const retransmissions = (count: number) =>
  Array.from({ length: count }, (_, n) => `+${(0.2 * 2 ** n).toFixed(1)} -> P. 1:6(5) ack 1`).join("\n");

/** On loopback; the fifth may be taken. */
const fiveRepeats = `
  connection 1 client 127.0.0.1:40000 server 127.0.0.1:8080
  0     -> S  0:0(0)
  +0    <- S. 0:0(0) ack 1 @synack
  +0    -> .  1:1(0) ack 1 @ack
  +0    -> P. 1:6(5) ack 1 @data
  ${retransmissions(4)}
  +3.2  -> P. 1:6(5) ack 1 @retransmission`;

/** Three connections that get no answer to their data. */
const threeSilent = `
  connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
  repeat 3 every 0.001 {
    +0    -> S  0:0(0)
    +.01  <- S. 0:0(0) ack 1 @synack
    +0    -> .  1:1(0) ack 1 @ack
    +0    -> P. 1:6(5) ack 1 @data
    +.2   -> P. 1:6(5) ack 1
    +.4   -> P. 1:6(5) ack 1
    +.8   -> P. 1:6(5) ack 1 @retransmission
  }`;
/** Another one, which completes its handshake at that second, and is answered. */
const takenAndAnswered = (second: number) => `
  connection 9
  0        -> S  0:0(0)
  +.001    <- S. 0:0(0) ack 1
  ${second} -> . 1:1(0) ack 1
  0.1      -> P. 1:6(5) ack 1
  +.01     <- .  1:1(0) ack 6`;
const ofThree = {
  synack: "synack-1",
  ack: "ack-1",
  data: "data-1",
  retransmission: "retransmission-1",
};

const allEvidence = { synack: "synack", ack: "ack", data: "data", retransmission: "retransmission" };

testRule(syncookieAckDropped, {
  invalid: [
    {
      name: "a listener on loopback that stays silent, and takes the fifth retransmission",
      ipVersion: 4,
      packets: `
        ${fiveRepeats}
        +0    <- .  1:1(0) ack 6`,
      findings: [
        {
          messageId: "dropped",
          evidence: allEvidence,
          data: {
            worstSeconds: "6.2",
            ending: "all recovered",
            evidence: "it did not even repeat its SYN-ACK, as only a listener without state does",
          },
          confidence: "strong",
        },
      ],
    },
    {
      name: "the same of one that acknowledges by its answer, half a second later",
      ipVersion: 4,
      packets: `
        ${fiveRepeats}
        +.499 <- P. 1:6(5) ack 6`,
      findings: [{ messageId: "dropped", evidence: allEvidence, confidence: "strong" }],
    },
    {
      name: "a SYN-ACK whose TSval lags the server's clock: a cookie, already at the first retransmission",
      packets: `
        0     -> S  0:0(0)       <sackOK,TS val 100 ecr 0,wscale 7>
        +.001 <- S. 0:0(0) ack 1 <sackOK,TS val 5056 ecr 100,wscale 7> @synack
        +0    -> .  1:1(0) ack 1 <TS val 101 ecr 5056> @ack
        +0    -> P. 1:6(5) ack 1 <TS val 101 ecr 5056> @data
        +.2   -> P. 1:6(5) ack 1 <TS val 301 ecr 5056> @retransmission
        +.001 <- .  1:1(0) ack 6 <TS val 5317 ecr 301>`,
      findings: [
        {
          messageId: "dropped",
          evidence: allEvidence,
          data: {
            evidence: "its SYN-ACK's timestamp lags the server's clock by 60.0 ms, as a cookie's does",
          },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a SYN-ACK without the options that the listener's other SYN-ACKs have",
      packets: `
        0     -> S  0:0(0)       <mss 1460,nop,wscale 8,nop,nop,sackOK>
        +.001 <- S. 0:0(0) ack 1 <mss 1460> @synack
        +0    -> .  1:1(0) ack 1 @ack
        +0    -> P. 1:6(5) ack 1 @data
        +.3   -> P. 1:6(5) ack 1 @retransmission
        +.001 <- .  1:1(0) ack 6
        connection 2
        2     -> S  0:0(0)       <mss 1460,nop,wscale 8,nop,nop,sackOK>
        +.001 <- S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK,nop,wscale 7>
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:6(5) ack 1
        +.001 <- .  1:1(0) ack 6`,
      findings: [
        {
          messageId: "dropped",
          evidence: allEvidence,
          data: {
            hungFlows: 1,
            listenerFlows: 2,
            evidence:
              "its SYN-ACK lacks the window scale and SACK that the client offered, as a cookie's does",
          },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a repeated SYN that is answered with another ISN, as only one without state does",
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:8080
        0      -> S  0:0(0)
        +.0001 <- S. 0:0(0) ack 1
        +1     -> S  0:0(0)
        +.0001 <- S. 7000:7000(0) ack 1  @synack
        +.0001 -> .  1:1(0) ack 7001     @ack
        +.02   -> P. 1:6(5) ack 7001     @data
        +.21   -> P. 1:6(5) ack 7001     @retransmission
        +.0001 <- .  7001:7001(0) ack 6`,
      ipVersion: 4,
      findings: [
        {
          messageId: "dropped",
          evidence: { synack: "synack", ack: "ack", data: "data", retransmission: "retransmission" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a cookie that has expired draws a RST without ACK",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1 @synack
        +0    -> .  1:1(0) ack 1 @ack
        +0    -> P. 1:6(5) ack 1 @data
        ${retransmissions(8)}
        +51.2 -> P. 1:6(5) ack 1 @retransmission
        +.001 <- R  1:1(0)`,
      findings: [
        {
          messageId: "dropped",
          evidence: allEvidence,
          data: {
            worstSeconds: "102.2",
            ending: "none recovered in the capture",
            evidence: "in the end it reset the connection without an ACK, as it does for an expired cookie",
          },
          confidence: "strong",
        },
      ],
    },
    {
      name: "the same, which the client does not get: the silence was before",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1 @synack
        +0    -> .  1:1(0) ack 1 @ack
        +0    -> P. 1:6(5) ack 1 @data
        ${retransmissions(8)}
        +51.2 -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)
        +102  -> P. 1:6(5) ack 1 @retransmission
        +.001 <- R  1:1(0)`,
      findings: [{ messageId: "dropped", evidence: allEvidence, confidence: "strong" }],
    },
    {
      name: "a RST that comes sooner is no cookie's end",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1 @synack
        +0    -> .  1:1(0) ack 1 @ack
        +0    -> P. 1:6(5) ack 1 @data
        ${retransmissions(4)}
        +3.2  -> P. 1:6(5) ack 1 @retransmission
        +.001 <- R  1:1(0)`,
      findings: [{ messageId: "silent", evidence: allEvidence, confidence: "weak", severity: "warning" }],
    },
    {
      name: "a single silence off loopback is no more than a warning",
      packets: `
        0     -> S  0:0(0)
        +.1   <- S. 0:0(0) ack 1 @synack
        +0    -> .  1:1(0) ack 1 @ack
        +0    -> P. 1:81(80) ack 1 @data
        +.37  -> P. 1:81(80) ack 1
        +.74  -> P. 1:81(80) ack 1
        +1.45 -> P. 1:81(80) ack 1 @retransmission
        +.12  <- .  1:1(0) ack 81`,
      findings: [{ messageId: "silent", evidence: allEvidence, confidence: "weak", severity: "warning" }],
    },
    {
      name: "several silent connections at a listener that answers others meanwhile are one finding",
      packets: threeSilent + takenAndAnswered(0.004),
      findings: [
        {
          messageId: "dropped",
          evidence: ofThree,
          data: { hungFlows: 3, listenerFlows: 4, ending: "none recovered in the capture" },
          flows: 3,
          confidence: "strong",
        },
      ],
    },
    {
      name: "the same where nobody took the place that there was for their SYNs: a filter that looks into data, perhaps",
      packets: threeSilent + takenAndAnswered(0.015),
      findings: [
        { messageId: "silent", evidence: ofThree, flows: 3, confidence: "weak", severity: "warning" },
      ],
    },
    {
      name: "several silent connections behind a SYN proxy, whose server sends from farther away: a warning",
      packets: `
        connection 9
        0    -> S  0:0(0)
        +.02 <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1
        connection 1
        repeat 3 every 0.001 {
          +.1   -> S  0:0(0)
          +.01  <- S. 0:0(0) ack 1 {ttl 250} @synack
          +0    -> .  1:1(0) ack 1 @ack
          +0    -> P. 1:6(5) ack 1 @data
        }
        connection 9
        +.1  -> P. 1:6(5) ack 1
        +.02 <- .  1:1(0) ack 6
        connection 1
        repeat 3 every 0.001 {
          +.1   -> P. 1:6(5) ack 1
          +.4   -> P. 1:6(5) ack 1
          +.8   -> P. 1:6(5) ack 1 @retransmission
          +.04  <- .  1:1(0) ack 6 {ttl 52}
          +.1   <- F. 1:1(0) ack 6 {ttl 52}
        }
        connection 8
        0.01  -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        0.125 -> .  1:1(0) ack 1`,
      findings: [
        {
          messageId: "silent",
          evidence: ofThree,
          flows: 3,
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "a firewall that drops all that follows a handshake, of every connection and at any time: a warning",
      packets: `
        connection 1
        repeat 4 every 8 {
          +0    -> S  0:0(0)
          +.02  <- S. 0:0(0) ack 1 @synack
          +0    -> .  1:1(0) ack 1 @ack
          +0    -> P. 1:6(5) ack 1 @data
          +.2   -> P. 1:6(5) ack 1
          +.4   -> P. 1:6(5) ack 1
          +.8   -> P. 1:6(5) ack 1
          +1.6  -> P. 1:6(5) ack 1
          +3.2  -> P. 1:6(5) ack 1 @retransmission
        }`,
      findings: [
        {
          messageId: "silent",
          evidence: ofThree,
          flows: 4,
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "several silent connections while nobody is answered may be an outage: a warning",
      packets: threeSilent,
      findings: [
        {
          messageId: "silent",
          evidence: ofThree,
          flows: 3,
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
  ],

  valid: accepted,
});

describe("a listener that repeats its SYN-ACKs after 3 s, as older systems do", () => {
  const begun = (connection: number, second: number) => `
    connection ${connection}
    ${second} -> S  0:0(0)
    +.001 <- S. 0:0(0) ack 1
    +0    -> .  1:1(0) ack 1
    +0    -> P. 1:6(5) ack 1`;
  const silentFor2s = `${begun(1, 0)}
    ${retransmissions(3)}
    +.8   -> P. 1:6(5) ack 1
    +.001 <- .  1:1(0) ack 6`;
  const repeatedAfter3s = `${begun(2, 10)}
    +2    -> P. 1:6(5) ack 1
    +1    <- S. 0:0(0) ack 1
    +1    -> P. 1:6(5) ack 1
    +.001 <- .  1:1(0) ack 6`;
  const found = async (packets: string): Promise<string[]> => {
    const { report } = await analyzeScript(packets);
    return report.findings.map(({ ruleId }) => ruleId).sort();
  };

  it("holds state all the same when it is silent for 2 s", async () => {
    expect(await found(silentFor2s)).to.deep.equal(["syncookie-ack-dropped"]);
    const both = await found(silentFor2s + repeatedAfter3s);
    expect(both).to.include("syn-ack-after-data").and.not.to.include("syncookie-ack-dropped");
  });
});

describe("a handshake that hangs while an open connection stands still", () => {
  const folder = useScratchFolder();

  it("was dropped for a full queue all the same if the server's counters say so", async () => {
    const counters = folder.path("counters.txt");
    const sample = (second: number, count: number) =>
      `2023-11-14T22:13:${second}+00:00\nTcpExtListenOverflows ${count} 0.0\nTcpExtSyncookiesRecv ${count} 0.0\n`;
    writeFileSync(counters, sample(20, 0) + sample(30, 9));
    const { report } = await analyzeScript(shutBehindHandshake(), { counters: [counters] });
    const found = report.findings.map(({ ruleId, confidence }) => `${ruleId} ${confidence}`);
    expect(found).to.include("syncookie-ack-dropped certain");
  });

  it("need not have been dropped where the server's counters stood still", async () => {
    const counters = folder.path("counters.txt");
    const sample = (second: number) =>
      `2023-11-14T22:13:${second}+00:00\nTcpExtListenOverflows 3 0.0\nTcpExtSyncookiesRecv 4 0.0\n`;
    writeFileSync(counters, sample(20) + sample(30));
    const { report } = await analyzeScript(shutBehindHandshake(), { counters: [counters] });
    const found = report.findings.map(
      ({ ruleId, messageId, confidence }) => `${ruleId} ${messageId} ${confidence}`,
    );
    expect(found).to.include("syncookie-ack-dropped silent weak");
  });
});
