import { Readable } from "node:stream";
import { expect } from "chai";
import { analyze } from "../../src/analyze.js";
import { unreachableHost } from "../../src/rules/unreachable-host.js";
import { answered, opened, repeated } from "../support/outage-scripts.js";
import { type RouterAnswer, withRouterAnswers } from "../support/router-answers.js";
import { testRule } from "../support/rule-tester.js";

const DATA = "-> P. 101:201(100) ack 1";
const steady = new Array<number>(12).fill(0.204);

testRule(unreachableHost, {
  // ICMP errors cannot be written in the notation: captures/unreachable-host*.pcap have them.
  testedApart: ["stalled", "looped", "refused"],
  invalid: [
    {
      name: "repetitions that do not back off, of two connections",
      packets: `${opened(2)}
        ${repeated(2, DATA, [1])}
        ${repeated(2, `${DATA} @first`, [0.204])}
        ${repeated(2, DATA, steady)}
        ${answered(9)}
        ${repeated(2, DATA, steady)}
        ${repeated(2, `${DATA} @last`, [0.204])}
        ${repeated(2, "<- . 1:1(0) ack 201", [0.02])}`,
      findings: [
        {
          messageId: "steady",
          evidence: { first: "first-1", sign: "last-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
          data: { ending: "all recovered", workingAddresses: 1, repeats: 26 },
        },
      ],
    },
    {
      name: "repetitions that stick near 3.3 s, as with errors over IPv4 that a router limits",
      packets: `${opened(2)}
        ${repeated(2, DATA, [1])}
        ${repeated(2, `${DATA} @first`, [0.21])}
        ${repeated(2, DATA, [0.42, 0.85, 1.7])}
        ${answered(9)}
        ${repeated(2, DATA, [3.3, 3.32, 3.31, 3.3])}
        ${answered(10)}
        ${repeated(2, `${DATA} @last`, [3.3])}
        ${repeated(2, "<- . 1:1(0) ack 201", [0.02])}`,
      findings: [
        {
          messageId: "steady",
          evidence: { first: "first-1", sign: "last-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
        },
      ],
    },
    {
      name: "one connection that never goes on: a sender may have a timer that never backs off",
      packets: `${opened(1)}
        ${repeated(1, DATA, [1])}
        ${repeated(1, `${DATA} @first`, [0.204])}
        ${repeated(1, DATA, steady)}
        ${repeated(1, `${DATA} @last`, [0.204])}`,
      findings: [
        {
          messageId: "steady",
          evidence: { first: "first-1", sign: "last-1", last: "last-1" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
  ],
  valid: [
    {
      name: "probes of a closed window, at a steady interval",
      others: ["zero-window-stall"],
      packets: `${opened(1)}
        +.1 <- . 1:1(0) ack 101 win 0
        ${repeated(1, "-> . 100:100(0) ack 1", new Array<number>(10).fill(0.2), "<- . 1:1(0) ack 101 win 0")}
        +.1 <- . 1:1(0) ack 101 win 512`,
    },
    {
      name: "routers that swallow or prohibit: the timer backs off",
      others: ["blackhole-forward"],
      packets: `${opened(2)}
        ${repeated(2, DATA, [1, 0.21, 0.42, 0.85])}
        ${answered(9)}
        ${repeated(2, DATA, [1.7, 3.4, 6.8])}
        ${repeated(2, "<- . 1:1(0) ack 201", [0.02])}`,
    },
    {
      name: "a few losses that tail-loss probes and short timers bring back at like intervals",
      packets: `${opened(1)}
        ${repeated(1, DATA, [1, 0.2, 0.21, 0.2])}
        ${repeated(1, "<- . 1:1(0) ack 201", [0.02])}`,
    },
    {
      name: "keepalives, at a steady interval",
      packets: `${opened(1)}
        ${repeated(1, "-> . 100:100(0) ack 1", new Array<number>(10).fill(5), "<- . 1:1(0) ack 101")}`,
    },
  ],
});

describe("connections whose segments draw errors from a router", () => {
  const stalled = `${opened(2)}
    ${repeated(2, DATA, [1, 0.21, 0.42, 0.85, 1.7])}
    ${repeated(2, "<- . 1:1(0) ack 201", [0.02])}`;
  /** All findings, where each packet later than `fromNs` draws the answer. */
  const findingsOf = async (packets: string, answer: RouterAnswer, ipVersion: 4 | 6, fromNs = 1e9) => {
    const pcap = withRouterAnswers(packets, (_, timeNs) => (timeNs > fromNs ? answer : null), ipVersion);
    const { findings } = await analyze({
      paths: ["-"],
      input: Readable.from([pcap]),
      database: ":memory:",
      timeline: "none",
    });
    return findings;
  };

  for (const [ipVersion, type, reason, reporter] of [
    [4, 11, "time to live exceeded (ICMP type 11 code 0)", "192.0.2.254"],
    [6, 3, "hop limit exceeded (ICMPv6 type 3 code 0)", "2001:db8::fe"],
  ] as const)
    it(`are in a routing loop where their TTL was used up on the way, over IPv${ipVersion}`, async () => {
      const [found, ...others] = await findingsOf(stalled, { type, code: 0 }, ipVersion);
      expect(others).to.deep.equal([]);
      expect(`${found!.ruleId} ${found!.messageId} ${found!.severity} ${found!.confidence}`).to.equal(
        "unreachable-host looped error certain",
      );
      expect(found!.message).to.include(`as in a routing loop. ${reporter} answered with ${reason}, `);
      expect(found!.why).to.match(/^Routers that each take another one for the next hop /);
      expect(found!.remedy).to.match(/`mtr -n [^{`]+` shows the same routers again and again/);
      expect(found!.remedy).to.include(`\`, ${reporter} first: all name one, and one of them leads back`);
    });

  it("are refused where there is no route", async () => {
    for (const [ipVersion, type, code] of [
      [4, 3, 1],
      [6, 1, 0],
    ] as const) {
      const [found] = await findingsOf(stalled, { type, code }, ipVersion);
      expect(found!.messageId).to.equal("stalled");
      expect(found!.why).to.include("its packets are refused on the way");
      expect(found!.remedy).to.include("must name a gateway");
    }
  });

  it("are in no loop where the receiver lacked fragments for too long", async () => {
    const found = await findingsOf(stalled, { type: 11, code: 1 }, 4);
    expect(found.map(({ messageId }) => messageId)).not.to.include("looped");
  });

  it("are traced where SYNs draw such errors", async () => {
    const syns = `connection 1 client 192.0.2.1:40000 server 192.0.2.7:80
      0  -> S 0:0(0)
      +1 -> S 0:0(0)
      +2 -> S 0:0(0)`;
    const ids = async (answer: RouterAnswer) =>
      (await findingsOf(syns, answer, 4, -1)).map(({ ruleId, messageId }) => `${ruleId} ${messageId}`);
    expect(await ids({ type: 11, code: 0 })).not.to.include("unreachable-host looped");
    expect(await ids({ type: 3, code: 1 })).to.deep.equal(["unreachable-host refused"]);
  });
});
