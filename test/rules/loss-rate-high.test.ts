import { Readable } from "node:stream";
import { expect } from "chai";
import { analyze } from "../../src/analyze.js";
import { lossRateHigh } from "../../src/rules/loss-rate-high.js";
import { analyzeScript } from "../support/analyze-script.js";
import { withRouterAnswers } from "../support/router-answers.js";
import { testRule } from "../support/rule-tester.js";

const handshake = `
  0    -> S  0:0(0) <mss 1000,sackOK>
  +.02 <- S. 0:0(0) ack 1 <mss 1000,sackOK>
  +0   -> .  1:1(0) ack 1`;

/**
 * Flights of `size` segments of 1000 octets from the client, in each of which the second is lost behind the capture and
 * comes again after three duplicate ACKs.
 */
function lossyFlights(flights: number, size: number, start = handshake): string {
  let packets = start;
  let sent = 1;
  for (let flight = 0; flight < flights; flight++) {
    const at = (index: number) => sent + index * 1000;
    for (let index = 0; index < size; index++)
      packets += `\n${index === 0 ? "+.01" : "+0"} -> P. ${at(index)}:${at(index + 1)}(1000) ack 1`;
    packets += `\n+.02 <- . 1:1(0) ack ${at(1)}`;
    for (let index = 2; index < Math.min(size, 5); index++)
      packets += `\n+0 <- . 1:1(0) ack ${at(1)} <sack ${at(2)}:${at(index + 1)}>`;
    const label = flight === 0 ? "@first" : flight === flights - 1 ? "@last" : "";
    packets += `\n+.001 -> P. ${at(1)}:${at(2)}(1000) ack 1 ${label}`;
    packets += `\n+.02 <- . 1:1(0) ack ${at(size)}`;
    sent = at(size);
  }
  return packets;
}

/** The same on a router: each packet once more as it leaves, but the first of those that come again only where they `leave`. */
function onRouter(packets: string, leave: boolean): string {
  const lines = packets.split("\n").map((line) => line.trim());
  const segmentOf = (line: string) => line.replace(/^[+.\d]+ +/, "").replace(/ *@\w+| *$/, "");
  return lines
    .map((line, at) => {
      const segment = segmentOf(line);
      const isLost =
        / P\. /.test(segment) && lines.slice(at + 1).some((later) => segmentOf(later) === segment);
      const left = line === "" || (isLost && !leave) ? "" : `\n+.00001 ${segment} {ttl 63, copy}`;
      return `${line.replace(/(?= @)|$/, " {ttl 64}")}${left}`;
    })
    .filter((line) => line.trim() !== "{ttl 64}")
    .join("\n");
}

/**
 * Flights of `size` segments of 1000 octets from the client, the second of each lost; after its timeout all that followed
 * comes again, though it had arrived.
 */
function goneBack(flights: number, size: number): string {
  let packets = `
    0    -> S  0:0(0) <mss 1000>
    +.02 <- S. 0:0(0) ack 1 <mss 1000>
    +0   -> .  1:1(0) ack 1`;
  for (let flight = 0; flight < flights; flight++) {
    const at = (index: number) => 1 + (flight * size + index) * 1000;
    for (let index = 0; index < size; index++)
      packets += `\n${index === 0 ? "+.01" : "+0"} -> . ${at(index)}:${at(index + 1)}(1000) ack 1`;
    packets += `\n+.02 <- . 1:1(0) ack ${at(1)}\n+.3 -> . ${at(1)}:${at(2)}(1000) ack 1`;
    for (let index = 2; index < 12; index++)
      packets += `\n+.001 -> . ${at(index)}:${at(index + 1)}(1000) ack 1`;
    packets += `\n+.01 <- . 1:1(0) ack ${at(size)}`;
  }
  return packets;
}

testRule(lossRateHigh, {
  invalid: [
    {
      name: "segments that a router takes in and does not send on",
      packets: onRouter(lossyFlights(6, 10), false),
      findings: [
        {
          messageId: "lossy",
          evidence: { first: "first", last: "last" },
          data: {
            lostSegments: 6,
            where:
              "between the two places that the capture has each packet at, such as the two sides of a router: they came in, and did not leave",
          },
        },
      ],
    },
    {
      name: "segments that a router sends on, and that do not arrive",
      packets: onRouter(lossyFlights(6, 10), true),
      findings: [
        {
          messageId: "lossy",
          evidence: { first: "first", last: "last" },
          data: {
            lostSegments: 6,
            where:
              "behind both places that the capture has each packet at, such as the two sides of a router: they left, and did not arrive",
          },
        },
      ],
    },
    {
      name: "a direction in which one of ten segments is lost",
      packets: lossyFlights(6, 10),
      findings: [
        {
          messageId: "lossy",
          evidence: { first: "first", last: "last" },
          data: {
            side: "client",
            percent: "10.0",
            lostSegments: 6,
            lostBytes: 6000,
            sentBytes: 60000,
            where: "behind the capture",
          },
        },
      ],
    },
  ],

  valid: [
    {
      name: "many segments that are lost at once, twice: bursts, and no rate",
      packets: `${handshake}
        ${[0, 1]
          .map((burst) => {
            const at = (index: number) => 1 + burst * 12_000 + index * 1000;
            const segments = (from: number, to: number) =>
              Array.from(
                { length: to - from },
                (_, index) => `+0 -> . ${at(from + index)}:${at(from + index + 1)}(1000) ack 1`,
              );
            return `+1 -> . ${at(0)}:${at(1)}(1000) ack 1
              ${segments(1, 12).join("\n")}
              +.02 <- . 1:1(0) ack ${at(1)}
              +0 <- . 1:1(0) ack ${at(1)} <sack ${at(9)}:${at(10)}>
              +0 <- . 1:1(0) ack ${at(1)} <sack ${at(9)}:${at(11)}>
              +0 <- . 1:1(0) ack ${at(1)} <sack ${at(9)}:${at(12)}>
              ${segments(1, 9).join("\n")}
              +.02 <- . 1:1(0) ack ${at(12)}`;
          })
          .join("\n")}`,
    },
    {
      name: "one of forty, behind which a sender without SACK sends all again after its timeout",
      packets: goneBack(5, 40),
    },
    { name: "one of fifty", packets: lossyFlights(6, 50) },
    { name: "few losses, though they are a large share", packets: lossyFlights(4, 10) },
    {
      name: "one segment sent again and again in an outage",
      packets: `${handshake}
        +.01 -> P. 1:1001(1000) ack 1
        +.02 <- .  1:1(0) ack 1001
        +.01 -> P. 1001:2001(1000) ack 1
        +.3  -> P. 1001:2001(1000) ack 1
        +.6  -> P. 1001:2001(1000) ack 1
        +1.2 -> P. 1001:2001(1000) ack 1
        +2.4 -> P. 1001:2001(1000) ack 1
        +.02 <- .  1:1(0) ack 2001`,
    },
  ],
});

/** ICMP type 3, code 4 (RFC 1191, section 4), to each packet of more than `mtu` octets. */
function throughNarrowRouter(packets: string, mtu: number): Buffer {
  return withRouterAnswers(packets, ({ length }) => (length > mtu ? { type: 3, code: 4, rest: mtu } : null));
}

describe("segments that a router refuses for their size", () => {
  /** Six segments of 1400 octets, one after the other, that are all sent again in smaller ones. */
  const packets = `
    0    -> S  0:0(0) <mss 1460,sackOK>
    +.02 <- S. 0:0(0) ack 1 <mss 1460,sackOK>
    +0   -> .  1:1(0) ack 1
    ${Array.from({ length: 6 }, (_, at) => `+.06 -> . ${1 + at * 1400}:${1401 + at * 1400}(1400) ack 1`).join("\n")}
    +.3  -> . 1:1201(1200) ack 1
    +.02 <- . 1:1(0) ack 1201
    ${Array.from({ length: 6 }, (_, at) => `+0 -> . ${1201 + at * 1200}:${2401 + at * 1200}(1200) ack 1`).join("\n")}
    +.02 <- . 1:1(0) ack 8401`;
  const lossesIn = async (pcap: Uint8Array): Promise<number> => {
    const input = Readable.from([Buffer.from(pcap)]);
    const report = await analyze({ paths: ["-"], input, database: ":memory:", timeline: "none" });
    return report.findings.filter(({ ruleId }) => ruleId === "loss-rate-high").length;
  };

  it("are not lost by chance", async () => {
    expect(await lossesIn(throughNarrowRouter(packets, 1400))).to.equal(0);
  });

  it("would be, did no router say so", async () => {
    expect(await lossesIn(throughNarrowRouter(packets, 1500))).to.equal(1);
  });
});

describe("flights of three connections that an outage took", () => {
  /** The first of each flight comes again `gaps` seconds after one another, the others behind it. */
  const lossesWith = async (gaps: readonly number[]): Promise<number> => {
    const repetitions = gaps.map((gap) => `+${gap} -> . 1001:2001(1000) ack 1`).join("\n");
    const { report } = await analyzeScript(
      `
      connection 1 client 192.0.2.1:40000 server 192.0.2.7:80
      repeat 3 every 0.1 {
        +0    -> S  0:0(0) <mss 1000,sackOK>
        +.02  <- S. 0:0(0) ack 1 <mss 1000,sackOK>
        +0    -> .  1:1(0) ack 1
        +.01  -> .  1:1001(1000) ack 1
        +.02  <- .  1:1(0) ack 1001
        +.01  -> .  1001:2001(1000) ack 1
        +0    -> .  2001:3001(1000) ack 1
        +0    -> .  3001:4001(1000) ack 1
        +0    -> P. 4001:5001(1000) ack 1
      }
      connection 1
      repeat 3 every 0.1 {
        ${repetitions}
        +.02 <- . 1:1(0) ack 2001
        +0   -> . 2001:3001(1000) ack 1
        +0   -> . 3001:4001(1000) ack 1
        +.02 <- . 1:1(0) ack 4001
        +0   -> P. 4001:5001(1000) ack 1
        +.02 <- . 1:1(0) ack 5001
      }`,
      { rules: [lossRateHigh] },
    );
    return report.findings.length;
  };

  it("are no rate", async () => {
    expect(await lossesWith([0.3, 0.6, 1.2, 2.4])).to.equal(0);
  });

  it("would be, had they come through at once", async () => {
    expect(await lossesWith([0.3])).to.equal(1);
  });
});
