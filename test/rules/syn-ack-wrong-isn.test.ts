import { expect } from "chai";
import { synAckWrongIsn } from "../../src/rules/syn-ack-wrong-isn.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";

const allEvidence = { syn: "syn", first: "first", second: "second" };

/** What the client takes is reset by the host whose number it is not. */
const RESET = `
  +.0001 -> .  1:1(0) ack 1
  +.0001 <- R  1:1(0)`;

const SERVED = `
  +.0001 -> .  1:1(0) ack 1
  +.0001 -> P. 1:6(5) ack 1
  +.01   <- P. 1:6(5) ack 6
  +.0001 -> .  6:6(0) ack 6`;

testRule(synAckWrongIsn, {
  invalid: [
    {
      name: "two hosts whose timestamps are of different clocks, as the kernel's capture shows them",
      packets: `
        0        -> S  0:0(0) <mss 1460,sackOK,wscale 10,TS val 193912859 ecr 0> @syn
        +.000031 <- S. 0:0(0) ack 1 <mss 1460,sackOK,wscale 10,TS val 34750170 ecr 193912859> @first
        +.000011 <- S. 896000000:896000000(0) ack 1 <mss 1460,sackOK,wscale 10,TS val 3833729307 ecr 193912859> @second
        +.000010 -> .  1:1(0) ack 1 <TS val 193912859 ecr 34750170>
        +.000030 <- R  1:1(0)
        +.000009 -> .  1:1(0) ack 1 <TS val 193912859 ecr 34750170>
        +.000009 <- R  1:1(0)
        +1.01    <- S. 896000000:896000000(0) ack 1 <mss 1460,sackOK,wscale 10,TS val 3833730319 ecr 193912859>
        +.000029 -> R  1:1(0)`,
      findings: [
        {
          messageId: "twoHosts",
          evidence: allEvidence,
          confidence: "strong",
          data: {
            hitFlows: 1,
            listenerFlows: 1,
            port: 80,
            resetFlows: 1,
            gap: "less than 0.1 ms",
            traitNote: ", with timestamps of different clocks",
            resets: " 1 of them was reset in the server's name.",
          },
        },
      ],
    },
    {
      name: "two hosts at different distances, and a connection that lives on",
      packets: `
        0     -> S  0:0(0) @syn
        +.002 <- S. 0:0(0) ack 1 {ttl 60} @first
        +.01  <- S. 900000000:900000000(0) ack 1 {ttl 57} @second
        ${SERVED}`,
      findings: [
        {
          messageId: "twoHosts",
          evidence: allEvidence,
          confidence: "strong",
          data: { resetFlows: 0, gap: "10 ms", traitNote: ", with TTLs of 60 and 57", resets: "" },
        },
      ],
    },
    {
      name: "a second host that has no timestamps",
      packets: `
        0     -> S  0:0(0) <mss 1460,TS val 100 ecr 0> @syn
        +.002 <- S. 0:0(0) ack 1 <mss 1460,TS val 500 ecr 100> @first
        +.002 <- S. 900000000:900000000(0) ack 1 <mss 1460> @second
        ${SERVED}`,
      findings: [
        {
          messageId: "twoHosts",
          evidence: allEvidence,
          confidence: "strong",
          data: { traitNote: ", with different options" },
        },
      ],
    },
    {
      name: "a second host that has them alone",
      packets: `
        0     -> S  0:0(0) <mss 1460,TS val 100 ecr 0> @syn
        +.002 <- S. 0:0(0) ack 1 <mss 1460> @first
        +.002 <- S. 900000000:900000000(0) ack 1 <mss 1460,TS val 500 ecr 100> @second
        ${SERVED}`,
      findings: [{ messageId: "twoHosts", evidence: allEvidence, confidence: "strong" }],
    },
    {
      name: "a second host that takes larger segments, and a third that comes too late to be the second",
      packets: `
        0     -> S  0:0(0) <mss 1460> @syn
        +.002 <- S. 0:0(0) ack 1 <mss 1460> @first
        +.002 <- S. 900000000:900000000(0) ack 1 <mss 8960> @second
        +.002 <- S. 500000000:500000000(0) ack 1 <mss 8000>
        ${SERVED}`,
      findings: [
        {
          messageId: "twoHosts",
          evidence: allEvidence,
          confidence: "strong",
          data: { gap: "2.0 ms", traitNote: ", with different options" },
        },
      ],
    },
    {
      name: "a second host that scales its window, its number somewhat further than one clock goes in 2 ms",
      packets: `
        0     -> S  0:0(0) <mss 1460,wscale 7> @syn
        +.002 <- S. 0:0(0) ack 1 <mss 1460> @first
        +.002 <- S. 100000:100000(0) ack 1 <mss 1460,wscale 7> @second
        ${SERVED}`,
      findings: [{ messageId: "twoHosts", evidence: allEvidence, confidence: "strong" }],
    },
    {
      name: "answers that nothing tells apart, the connection reset",
      packets: `
        0     -> S  0:0(0) @syn
        +.002 <- S. 0:0(0) ack 1 @first
        +.002 <- S. 900000000:900000000(0) ack 1 {ttl 63} @second
        ${RESET}`,
      findings: [
        { messageId: "twoHosts", evidence: allEvidence, confidence: "weak", data: { traitNote: "" } },
      ],
    },
    {
      name: "numbers that lie as near as those of one clock, from different distances: small devices count from the same",
      packets: `
        0     -> S  0:0(0) @syn
        +.002 <- S. 0:0(0) ack 1 @first
        +.002 <- S. 60000:60000(0) ack 1 {ttl 62} @second
        ${SERVED}`,
      findings: [{ messageId: "twoHosts", evidence: allEvidence, confidence: "weak" }],
    },
    {
      name: "a slow host, which echoes the timestamp of the SYN that the quick one answered; data in between",
      packets: `
        0     -> S  0:0(0) <TS val 100 ecr 0> @syn
        +.002 <- S. 0:0(0) ack 1 <TS val 7000 ecr 100> @first
        +.001 -> .  1:1(0) ack 1 <TS val 103 ecr 7000>
        +0    -> P. 1:6(5) ack 1 <TS val 103 ecr 7000>
        +.002 <- .  1:1(0) ack 6 <TS val 7005 ecr 103>
        +3    <- S. 900000000:900000000(0) ack 1 <TS val 3000000000 ecr 100> @second
        +.001 -> .  6:6(0) ack 1 <TS val 3106 ecr 7005>
        +.002 <- R  1:1(0)`,
      findings: [
        { messageId: "twoHosts", evidence: allEvidence, confidence: "strong", data: { gap: "3.0 s" } },
      ],
    },
    {
      name: "one kernel that took the SYN for two: its numbers went on by 64 ns each, its timestamps hardly",
      packets: `
        0      -> S  0:0(0) <TS val 100 ecr 0> @syn
        +.002  <- S. 0:0(0) ack 1 <TS val 7000 ecr 100> @first
        +.0064 <- S. 100000:100000(0) ack 1 <TS val 7006 ecr 100> @second
        ${RESET}`,
      findings: [
        {
          messageId: "oneHost",
          evidence: allEvidence,
          confidence: "strong",
          data: { hitFlows: 1, gap: "6.4 ms" },
        },
      ],
    },
    {
      name: "one kernel and two distances: two of its containers have the address",
      packets: `
        0      -> S  0:0(0) <TS val 100 ecr 0> @syn
        +.002  <- S. 0:0(0) ack 1 <TS val 7000 ecr 100> @first
        +.0064 <- S. 100000:100000(0) ack 1 <TS val 7006 ecr 100> {ttl 128} @second
        ${RESET}`,
      findings: [
        {
          messageId: "twoHosts",
          evidence: allEvidence,
          confidence: "weak",
          data: { traitNote: ", with TTLs of 64 and 128" },
        },
      ],
    },
    {
      name: "one kernel with timestamps in microseconds",
      packets: `
        0      -> S  0:0(0) <TS val 100 ecr 0> @syn
        +.002  <- S. 0:0(0) ack 1 <TS val 7000 ecr 100> @first
        +.0064 <- S. 100000:100000(0) ack 1 <TS val 13400 ecr 100> @second
        ${RESET}`,
      findings: [{ messageId: "oneHost", evidence: allEvidence, confidence: "strong" }],
    },
    {
      name: "several at one listener, of which the surest is shown, beside one that is answered once",
      packets: `
        connection 1
        0     -> S  0:0(0)
        +.002 <- S. 0:0(0) ack 1
        +.002 <- S. 900000000:900000000(0) ack 1
        ${RESET}
        connection 2
        1     -> S  0:0(0) @syn
        +.002 <- S. 0:0(0) ack 1 @first
        +.002 <- S. 900000000:900000000(0) ack 1 {ttl 127} @second
        ${RESET}
        connection 3
        2     -> S  0:0(0)
        +.002 <- S. 0:0(0) ack 1
        ${SERVED}`,
      findings: [
        {
          messageId: "twoHosts",
          evidence: allEvidence,
          flows: 2,
          confidence: "strong",
          data: { hitFlows: 2, listenerFlows: 3, resets: " 2 of them were reset in the server's name." },
        },
      ],
    },
    {
      name: "a mirror that records all of it twice",
      packets: `
        0        -> S  0:0(0) @syn
        +.00001  -> S  0:0(0) {copy}
        +.002    <- S. 0:0(0) ack 1 @first
        +.00001  <- S. 0:0(0) ack 1 {copy}
        +.002    <- S. 900000000:900000000(0) ack 1 {ttl 127} @second
        +.00001  <- S. 900000000:900000000(0) ack 1 {ttl 127, copy}
        +.0001   -> .  1:1(0) ack 1
        +.00001  -> .  1:1(0) ack 1 {copy}`,
      findings: [{ messageId: "twoHosts", evidence: allEvidence, confidence: "strong" }],
    },
  ],

  valid: [
    {
      name: "a SYN-ACK that comes again, by another way",
      packets: `
        0     -> S  0:0(0)
        +.002 <- S. 0:0(0) ack 1
        +.1   <- S. 0:0(0) ack 1 {ttl 60}
        ${SERVED}`,
    },
    {
      name: "a SYN that was sent again, answered by a SYN cookie of the next minute or by another host",
      others: ["syn-answered-late"],
      packets: `
        0     -> S  0:0(0)
        +.002 <- S. 0:0(0) ack 1
        +1    -> S  0:0(0)
        +.002 <- S. 900000000:900000000(0) ack 1 {ttl 60}
        +.001 -> .  1:1(0) ack 900000001
        +.001 -> P. 1:6(5) ack 900000001
        +.01  <- P. 900000001:900000006(5) ack 6
        +.001 -> .  6:6(0) ack 900000006`,
    },
    {
      name: "SYNs that were held up and answered together, by a gateway that keeps nothing",
      others: ["syn-answered-late"],
      packets: `
        0     -> S  0:0(0) <mss 1400,TS val 736547 ecr 0>
        +.36  -> S  0:0(0) <mss 1400,TS val 736647 ecr 0>
        +2    -> S  0:0(0) <mss 1400,TS val 736847 ecr 0>
        +.03  <- S. 0:0(0) ack 1 <mss 1400> {ttl 248}
        +.001 <- S. 16081090:16081090(0) ack 1 <mss 1400> {ttl 240}
        ${SERVED}`,
    },
    {
      name: "a SYN sent again that the capture lacks: the SYN-ACKs echo different timestamps",
      packets: `
        0     -> S  0:0(0) <TS val 100 ecr 0>
        +.002 <- S. 0:0(0) ack 1 <TS val 7000 ecr 100>
        +.1   <- S. 900000000:900000000(0) ack 1 <TS val 3000000000 ecr 1100>
        ${RESET}`,
    },
    {
      name: "SYN-ACKs with other numbers after longer than a SYN's timer, without timestamps",
      packets: `
        0     -> S  0:0(0)
        +.002 <- S. 0:0(0) ack 1
        +.25  <- S. 900000000:900000000(0) ack 1 {ttl 60}
        +.01  <- S. 500000000:500000000(0) ack 1 {ttl 60}
        +.001 -> .  1:1(0) ack 500000001`,
    },
    {
      name: "one segment recorded before and behind a firewall that changes its number",
      packets: `
        0       -> S  0:0(0) <mss 1460,TS val 100 ecr 0>
        +.002   <- S. 0:0(0) ack 1 <mss 1460,TS val 7000 ecr 100> {ttl 60}
        +.00005 <- S. 900000000:900000000(0) ack 1 <mss 1380,TS val 7000 ecr 100> {ttl 64}
        +.001   -> .  1:1(0) ack 900000001 <TS val 101 ecr 7000>`,
    },
    {
      name: "a host that answers by a SYN cookie, whose timestamp lags, and not by one",
      packets: `
        0       -> S  0:0(0) <mss 1460,TS val 100 ecr 0>
        +.002   <- S. 0:0(0) ack 1 <mss 1460,TS val 7000 ecr 100>
        +.00002 <- S. 900000000:900000000(0) ack 1 <mss 1460,TS val 6936 ecr 100>
        ${RESET}`,
    },
    {
      name: "a kernel that takes a SYN for two, and no harm done",
      packets: `
        0      -> S  0:0(0) <TS val 100 ecr 0>
        +.002  <- S. 0:0(0) ack 1 <TS val 7000 ecr 100>
        +.0064 <- S. 100000:100000(0) ack 1 <TS val 7006 ecr 100>
        ${SERVED}`,
    },
    {
      name: "both sides of a proxy, the SYN recorded twice and each SYN-ACK once",
      packets: `
        0       -> S  0:0(0)
        +.00005 -> S  0:0(0) {copy}
        +.002   <- S. 0:0(0) ack 1 {ttl 60}
        +.00005 <- S. 900000000:900000000(0) ack 1 {ttl 64}
        +.001   -> .  1:1(0) ack 900000001`,
    },
    {
      name: "a SYN proxy on the captured host, which opens the connection to the server behind the client's ACK",
      packets: `
        0       -> S  0:0(0)
        +.00005 <- S. 0:0(0) ack 1 {ttl 64}
        +.02    -> .  1:1(0) ack 1
        +.00005 -> S  0:0(0) {ttl 63}
        +.002   <- S. 900000000:900000000(0) ack 1 {ttl 60}
        +.00005 -> .  1:1(0) ack 900000001`,
    },
    {
      name: "answers that nothing tells apart, and no harm done",
      packets: `
        0     -> S  0:0(0) <mss 1460,wscale 7>
        +.002 <- S. 0:0(0) ack 1 <mss 1460,wscale 7>
        +.002 <- S. 900000000:900000000(0) ack 1 <mss 1460,wscale 7>
        ${SERVED}`,
    },
    {
      name: "a SYN that the capture lacks, as of answers to forged SYNs",
      packets: `
        0     <- S. 0:0(0) ack 1
        +.002 <- S. 900000000:900000000(0) ack 1 {ttl 60}
        +.002 -> R  1:1(0)`,
    },
    {
      name: "the SYN-ACK of another connection from the same port",
      packets: `
        0     -> S  0:0(0)
        +.002 <- S. 0:0(0) ack 1
        +.002 <- S. 900000000:900000000(0) ack 40000 {ttl 60}
        ${SERVED}`,
    },
    {
      name: "a SYN-ACK of another connection that comes first",
      packets: `
        0     -> S  0:0(0)
        +.002 <- S. 900000000:900000000(0) ack 40000 {ttl 60}
        +.002 <- S. 0:0(0) ack 1
        ${SERVED}`,
    },
    {
      name: "segments whose flags make no sense",
      packets: `
        0     -> S  0:0(0)
        +.002 <- S. 0:0(0) ack 1
        +.001 <- FS. 900000000:900000000(0) ack 1 {ttl 60}
        +.001 <- SR. 900000000:900000000(0) ack 1 {ttl 60}`,
    },
    {
      name: "a client that answers by a SYN-ACK",
      packets: `
        0     -> S  0:0(0)
        +.002 <- S. 0:0(0) ack 1
        +.001 -> S. 900000000:900000000(0) ack 1 {ttl 60}
        +1    <- S. 0:0(0) ack 1`,
    },
    {
      name: "a SYN that is acknowledged before it is answered, by something else",
      packets: `
        0     -> S  0:0(0)
        +.001 <- .  1:1(0) ack 1 {ttl 60}
        +.001 <- S. 0:0(0) ack 1
        +.001 <- S. 900000000:900000000(0) ack 1
        ${SERVED}`,
    },
    {
      name: "a port that is used again for a new connection",
      ipVersion: 4,
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
        0     -> S  0:0(0)
        +.002 <- S. 0:0(0) ack 1
        +.001 -> R. 1:1(0) ack 1
        connection 2 client 192.0.2.1:40000 server 192.0.2.2:80
        +.001 -> S  0:0(0)
        +.002 <- S. 0:0(0) ack 1 {ttl 60}
        ${SERVED}`,
    },
    {
      name: "two ends that open the connection at the same time",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S  0:0(0)
        +.001 -> S. 0:0(0) ack 1
        +.001 <- S. 0:0(0) ack 1
        +.001 -> P. 1:6(5) ack 1
        +.001 <- .  1:1(0) ack 6`,
    },
  ],
});

describe("two hosts that answer one SYN", () => {
  const ruleIds = async (packets: string) =>
    (await analyzeScript(packets)).report.findings.map(({ ruleId }) => ruleId);
  const BOTH = `
    0     -> S  0:0(0)
    +.002 <- S. 0:0(0) ack 1
    +.002 <- S. 900000000:900000000(0) ack 1 {ttl 127}
    +.001 -> .  1:1(0) ack 1`;
  const ONE = BOTH.replace(/\n.*900000000.*/, "");

  const CONSEQUENCES = {
    "rst-mid-stream": `
      +0   -> P. 1:6(5) ack 1
      +.01 <- R. 1:1(0) ack 6`,
    "half-open-peer": `
      +0   -> P. 1:6(5) ack 1
      +.01 <- P. 1:6(5) ack 6
      +0   -> .  6:6(0) ack 6
      +20  -> P. 6:11(5) ack 6
      +.01 <- R  6:6(0)`,
    "syn-ack-after-data": `
      +0   -> P. 1:6(5) ack 1
      +.3  -> P. 1:6(5) ack 1
      +.6  -> P. 1:6(5) ack 1
      +.1  <- S. 0:0(0) ack 1
      +0   -> .  6:6(0) ack 1
      +1.2 -> P. 1:6(5) ack 1
      +.01 <- .  1:1(0) ack 6`,
    "syncookie-ack-dropped": `
      +0   -> P. 1:6(5) ack 1
      +.3  -> P. 1:6(5) ack 1
      +.6  -> P. 1:6(5) ack 1
      +1.2 -> P. 1:6(5) ack 1
      +2.4 -> P. 1:6(5) ack 1
      +.01 <- .  1:1(0) ack 6`,
  };
  for (const [ruleId, rest] of Object.entries(CONSEQUENCES)) {
    it(`explain what one host alone would be told of: ${ruleId}`, async () => {
      expect(await ruleIds(ONE + rest)).to.deep.equal([ruleId]);
      expect(await ruleIds(BOTH + rest)).to.deep.equal(["syn-ack-wrong-isn"]);
    });
  }
});
