import { expect } from "chai";
import { synExtensionDropped } from "../../src/rules/syn-extension-dropped.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";

const EVIDENCE = { syn: "syn", plainer: "plainer", synack: "synack" };
const FIRST = { syn: "syn-1", plainer: "plainer-1", synack: "synack-1" };

const used = `
  +0   -> .  1:1(0) ack 1
  +0   -> P. 1:6(5) ack 1
  +.02 <- .  1:1(0) ack 6`;
/** A SYN with ECN is in vain, the one without is answered. */
const fallsBack = `
  +0   -> SEW 0:0(0) @syn
  +1   -> S   0:0(0) @plainer
  +.02 <- S.  0:0(0) ack 1 @synack
  ${used}`;
const unmarked = fallsBack.replaceAll(/@\w+/g, "");
const answered = (flags: string): string => `
  +0   -> ${flags} 0:0(0)
  +.02 <- S.       0:0(0) ack 1
  ${used}`;
const plainLost = `
  +0   -> S  0:0(0)
  +1   -> S  0:0(0)
  +.02 <- S. 0:0(0) ack 1
  ${used}`;

const vainTwice = unmarked.replace("+1   -> S   0:0(0)", "+1 -> S 0:0(0)\n+1 -> S 0:0(0)");

/** One connection of each, 1.5 s apart, from ports of 192.0.2.1 or what `ends` says. */
function inTurns(each: readonly string[], ends = (_: number) => ""): string {
  return each
    .map((packets, index) => {
      const number = index + 1;
      const from = ends(number) || `client 192.0.2.1:${40_000 + number} server 192.0.2.2:80`;
      return `connection ${number} ${from}\n${packets.replace("+0  ", `+${index === 0 ? 0 : 0.5}`)}`;
    })
    .join("\n");
}

const fourTimes = `
  repeat 4 every 1.5 {
    ${fallsBack}
  }`;

testRule(synExtensionDropped, {
  invalid: [
    {
      name: "SYNs with ECN, four times in turn with those without",
      packets: fourTimes,
      findings: [
        {
          messageId: "listener",
          severity: "warning",
          confidence: "strong",
          evidence: FIRST,
          flows: 4,
          data: {
            hitFlows: 4,
            listenerFlows: 4,
            extensions: "ECN",
            vainSyns: 4,
            worstSeconds: "1.0",
            inAll: ", 4.1 s in all",
            others: "None of 4 SYNs without it was in vain meanwhile.",
            settings: "net.ipv4.tcp_ecn=2",
          },
        },
      ],
    },
    {
      name: "twice only, as may be chance",
      packets: `
        repeat 2 every 1.5 {
          ${fallsBack}
        }`,
      findings: [{ messageId: "listener", confidence: "weak", evidence: FIRST, flows: 2 }],
    },
    {
      name: "connections that begin at once, between which others open without ECN",
      packets: `
        repeat 4 every .2 {
          ${fallsBack}
        }
        ${[1, 3, 5]
          .map(
            (tenths) => `
              connection ${10 + tenths} client 192.0.2.1:4001${tenths} server 192.0.2.2:80
              .${tenths} -> S  0:0(0)
              +.02       <- S. 0:0(0) ack 1
              +.01       <- P. 1:6(5) ack 1
              +0         -> .  1:1(0) ack 6`,
          )
          .join("")}`,
      findings: [
        {
          messageId: "listener",
          confidence: "strong",
          evidence: FIRST,
          flows: 4,
          data: { others: "None of 7 SYNs without it was in vain meanwhile." },
        },
      ],
    },
    {
      name: "the same with pauses of more than ten seconds, behind which the first packet may get lost",
      packets: `
        repeat 4 every 12 {
          ${fallsBack}
        }`,
      findings: [{ messageId: "listener", confidence: "weak", evidence: FIRST, flows: 4 }],
    },
    {
      name: "SYNs with Fast Open's cookie and data, after some that were answered",
      packets: `
        connection 21 client 192.0.2.1:41021 server 192.0.2.2:80
        0    -> S  0:5(5) <TS val 1 ecr 0,fastopen 0102030405060708>
        +.02 <- S. 0:0(0) ack 6 <TS val 1 ecr 1>
        connection 1 client 192.0.2.1:40001 server 192.0.2.2:80
        repeat 4 every 1.5 {
          +0   -> S  0:5(5) <TS val 1000 ecr 0,fastopen 0102030405060708> @syn
          +1   -> S  0:0(0) <TS val 2000 ecr 0> @plainer
          +.02 <- S. 0:0(0) ack 1 <TS val 5000 ecr 2000> @synack
        }`,
      findings: [
        {
          messageId: "listener",
          confidence: "strong",
          evidence: FIRST,
          flows: 4,
          data: { extensions: "Fast Open and data", settings: "net.ipv4.tcp_fastopen=0", listenerFlows: 5 },
        },
      ],
    },
    {
      name: "SYNs with options, three times each, as BSD repeats them before one without",
      packets: `
        repeat 2 every 20 {
          +0   -> S  0:0(0) <mss 1460,wscale 6,sackOK,TS val 1 ecr 0> @syn
          +1   -> S  0:0(0) <mss 1460,wscale 6,sackOK,TS val 1001 ecr 0>
          +2   -> S  0:0(0) <mss 1460,wscale 6,sackOK,TS val 3001 ecr 0>
          +4   -> S  0:0(0) <mss 1460> @plainer
          +.02 <- S. 0:0(0) ack 1 <mss 1460> @synack
          ${used}
        }`,
      findings: [
        {
          messageId: "listener",
          confidence: "weak",
          evidence: FIRST,
          flows: 2,
          data: { extensions: "window scaling, SACK and timestamps", vainSyns: 6, worstSeconds: "7.0" },
        },
      ],
    },
    {
      name: "one client at several listeners, as one finding",
      ipVersion: 4,
      packets: inTurns(
        [fallsBack, unmarked, unmarked, unmarked],
        (number) => `client 192.0.2.1:${40_000 + number} server 192.0.2.2:${80 + number}`,
      ),
      findings: [
        {
          messageId: "client",
          confidence: "strong",
          evidence: EVIDENCE,
          flows: 4,
          data: { client: "192.0.2.1", flows: "4 connections", targets: 4, vainSyns: 4 },
        },
      ],
    },
    {
      name: "one client at two listeners, as one finding although each would tell",
      ipVersion: 4,
      packets: inTurns(
        [fallsBack, ...Array.from({ length: 9 }, () => unmarked)],
        (number) => `client 192.0.2.1:${40_000 + number} server 192.0.2.2:${80 + (number % 2)}`,
      ),
      findings: [{ messageId: "client", confidence: "strong", evidence: EVIDENCE, flows: 10 }],
    },
    {
      name: "several clients at one listener, as one finding",
      ipVersion: 4,
      packets: inTurns(
        [fallsBack, unmarked, unmarked, unmarked],
        (number) => `client 192.0.2.${10 + number}:40000 server 192.0.2.2:80`,
      ),
      findings: [{ messageId: "listener", confidence: "strong", evidence: EVIDENCE, flows: 4 }],
    },
    {
      name: "one client at one listener, while the listener answers others with ECN, and other listeners the client",
      ipVersion: 4,
      packets: inTurns(
        [fallsBack, answered("SEW"), unmarked, answered("SEW"), unmarked, unmarked],
        (number) =>
          ({
            2: "client 192.0.2.9:40002 server 192.0.2.2:80",
            4: "client 192.0.2.1:40004 server 192.0.2.3:80",
          })[number] ?? "",
      ),
      findings: [
        {
          messageId: "listener",
          confidence: "strong",
          evidence: EVIDENCE,
          flows: 4,
          data: { client: "192.0.2.1", hitFlows: 4, listenerFlows: 5 },
        },
      ],
    },
    {
      name: "the same of a client that has to do with no other listener",
      ipVersion: 4,
      packets: inTurns([fallsBack, answered("SEW"), unmarked, unmarked, unmarked], (number) =>
        number === 2 ? "client 192.0.2.9:40002 server 192.0.2.2:80" : "",
      ),
      findings: [{ messageId: "listener", confidence: "strong", evidence: EVIDENCE, flows: 4 }],
    },
    {
      name: "while one SYN in five without it is in vain, too, as may be chance",
      packets: inTurns([fallsBack, unmarked, plainLost, unmarked, unmarked]),
      findings: [
        {
          messageId: "listener",
          confidence: "weak",
          evidence: EVIDENCE,
          flows: 4,
          data: { others: "1 of 6 SYNs without it were in vain meanwhile, too." },
        },
      ],
    },
    {
      name: "what the last SYN in vain still asked for, where a client gives up one thing after the other",
      packets: `
        repeat 2 every 9 {
          +0   -> SEW 0:0(0) <TS val 1 ecr 0> @syn
          +1   -> S   0:0(0) <TS val 1001 ecr 0>
          +2   -> S   0:0(0) @plainer
          +.02 <- S.  0:0(0) ack 1 @synack
          ${used}
        }`,
      findings: [
        {
          messageId: "listener",
          confidence: "weak",
          evidence: FIRST,
          flows: 2,
          data: { extensions: "timestamps", vainSyns: 4 },
        },
      ],
    },
    {
      name: "one thing after another was lost once, and it had been answered since",
      packets: `
        connection 31 client 192.0.2.1:41031 server 192.0.2.2:80
        ${unmarked}
        connection 32 client 192.0.2.1:41032 server 192.0.2.2:80
        +1   -> S  0:0(0) <TS val 1 ecr 0>
        +.02 <- S. 0:0(0) ack 1 <TS val 1 ecr 1>
        connection 1 client 192.0.2.1:40001 server 192.0.2.2:80
        repeat 2 every 9 {
          +1   -> S  0:0(0) <TS val 1 ecr 0> @syn
          +1   -> S  0:0(0) @plainer
          +.02 <- S. 0:0(0) ack 1 @synack
          ${used}
        }`,
      findings: [
        {
          messageId: "listener",
          confidence: "weak",
          evidence: FIRST,
          flows: 2,
          data: { extensions: "timestamps" },
        },
      ],
    },
    {
      name: "on the server's host",
      ipVersion: 4,
      packets: fourTimes.replaceAll(/^(.*->.*?)(@\w+)?$/gm, "$1 {ttl 58} $2"),
      findings: [
        { messageId: "listener", confidence: "strong", vantage: "server-host", evidence: FIRST, flows: 4 },
      ],
    },
  ],

  valid: [
    { name: "one SYN that was lost", packets: fallsBack, others: ["syn-answered-late"] },
    {
      name: "many at one time, as an outage does it",
      packets: `
        repeat 6 every .1 {
          ${unmarked}
        }`,
      others: ["syn-answered-late"],
    },
    {
      name: "one, beside connections that never opened, whose clients went on asking for ECN",
      packets: inTurns([
        unmarked,
        answered("S"),
        "+0   -> SEW 0:0(0)\n+1 -> SEW 0:0(0)",
        answered("S"),
        "+0   -> SEW 0:0(0)\n+1 -> SEW 0:0(0)",
        answered("S"),
        "+0   -> SEW 0:0(0)\n+1 -> SEW 0:0(0)",
        answered("S"),
      ]),
      others: ["syn-answered-late", "syn-unanswered", "accept-queue-syn-drop"],
    },
    {
      name: "others with ECN answered in between",
      packets: inTurns([unmarked, unmarked, answered("SEW"), unmarked, unmarked]),
      others: ["syn-answered-late"],
    },
    {
      name: "half as many SYNs without ECN in vain",
      packets: inTurns([unmarked, plainLost, unmarked, unmarked, plainLost, unmarked]),
      others: ["syn-answered-late"],
    },
    {
      name: "the SYN without ECN in vain as well",
      packets: `
        repeat 4 every 5 {
          +0   -> SEW 0:0(0)
          +1   -> S   0:0(0)
          +1   -> S   0:0(0)
          +.02 <- S.  0:0(0) ack 1
          ${used}
        }`,
      others: ["syn-answered-late", "accept-queue-syn-drop"],
    },
    {
      name: "the SYN without ECN in vain as well in two of six",
      packets: inTurns([unmarked, vainTwice, unmarked, unmarked, vainTwice, unmarked]),
      others: ["syn-answered-late"],
    },
    {
      name: "SYNs without ECN that are refused",
      packets: `
        repeat 4 every 5 {
          +0   -> SEW 0:0(0)
          +1   -> S   0:0(0)
          +.02 <- R.  0:0(0) ack 1
        }`,
      others: ["syn-refused"],
    },
    {
      name: "the first SYN answered late, as the timestamp tells",
      packets: `
        repeat 4 every 5 {
          +0   -> SEW 0:0(0) <TS val 1000 ecr 0>
          +1   -> S   0:0(0) <TS val 2000 ecr 0>
          +.02 <- S.  0:0(0) ack 1 <TS val 5000 ecr 1000>
          ${used}
        }`,
      others: ["syn-answered-late"],
    },
    {
      name: "a way longer than the timer",
      packets: `
        repeat 4 every 5 {
          +0   -> SEW 0:0(0)
          +1   -> S   0:0(0)
          +.2  <- S.  0:0(0) ack 1
          +0   -> .   1:1(0) ack 1
          +0   -> P.  1:6(5) ack 1
          +1.2 <- .   1:1(0) ack 6
        }`,
    },
    {
      name: "a connection of which no more is seen than a SYN-ACK behind the SYN without ECN, which may answer the one with it",
      packets: `
        repeat 4 every 5 {
          +0   -> SEW 0:0(0)
          +1   -> S   0:0(0)
          +.2  <- S.  0:0(0) ack 1
        }`,
      others: ["syn-answered-late"],
    },
    {
      name: "an answer that is not quick enough to be the plainer SYN's",
      packets: `
        repeat 4 every 5 {
          +0   -> SEW 0:0(0) <TS val 1000 ecr 0>
          +1   -> S   0:0(0) <TS val 2000 ecr 0>
          +.6  <- S.  0:0(0) ack 1 <TS val 5000 ecr 2000>
          ${used}
        }`,
      others: ["syn-answered-late"],
    },
    {
      name: "a SYN captured before and behind a device that takes ECN away",
      packets: `
        repeat 4 every 5 {
          +0      -> SEW 0:0(0)
          +.00005 -> S   0:0(0)
          +.02    <- S.  0:0(0) ack 1
          ${used}
        }`,
    },
    {
      name: "SYNs that are repeated as they were",
      packets: inTurns([plainLost, plainLost, plainLost, plainLost]),
      others: ["syn-answered-late"],
    },
    {
      name: "ECN that all agree to",
      packets: inTurns([answered("SEW"), answered("SEW"), answered("SEW")]),
    },
  ],
});

describe("rule syn-extension-dropped", () => {
  const HOST =
    "They arrive, and the server's own packet filter drops them, or its SYN-ACKs to such SYNs get lost.";

  async function findingOf(packets: string, settings = {}) {
    const ruleSettings = { "syn-extension-dropped": { options: settings } };
    const options = { rules: [synExtensionDropped], ruleSettings };
    const { report } = await analyzeScript(packets, options, { ipVersion: 4 });
    return report.findings[0];
  }

  it("names chance and pauses where it is not sure, and the server's host where the capture was taken elsewhere", async () => {
    expect((await findingOf(fourTimes))?.alternatives).to.deep.equal([HOST]);
    const atServer = fourTimes.replaceAll(/^(.*->.*?)(@\w+)?$/gm, "$1 {ttl 58} $2");
    expect((await findingOf(atServer))?.alternatives).to.deep.equal([]);
    const twice = (await findingOf(inTurns([unmarked, unmarked])))?.alternatives;
    expect(twice?.map((text) => text.split(" ").slice(0, 3).join(" "))).to.deep.equal([
      "The path lost",
      "The first packet",
      "They arrive, and",
    ]);
  });

  it("tells how to probe the way for ECN only", async () => {
    expect((await findingOf(fourTimes))?.remedy).to.contain("`traceroute -T -O ecn -p 80 ADDRESS`");
    const withTimestamps = fourTimes.replaceAll(/-> SEW 0:0\(0\)/g, "-> S 0:0(0) <TS val 1 ecr 0>");
    const finding = await findingOf(withTimestamps);
    expect(finding?.data["extensions"]).to.equal("timestamps");
    expect(finding?.remedy).to.not.contain("traceroute");
  });

  it("takes a shorter time between the two SYNs when asked to", async () => {
    const quick = fourTimes.replaceAll("+1 ", "+.1 ").replaceAll("+.02", "+.001");
    expect(await findingOf(quick)).to.equal(undefined);
    expect((await findingOf(quick, { minWaitMs: 50 }))?.messageId).to.equal("listener");
  });
});
