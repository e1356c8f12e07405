import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { synFloodSuspect } from "../../src/rules/syn-flood-suspect.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";

/** `count` connections, each from an address of its own unless `sources` says so; times in seconds. */
const halfOpen = (count: number, { sources = count, lines = HALF_OPEN, every = 0.01, from = 0 } = {}) =>
  Array.from({ length: count }, (_, n) => {
    const client = `198.51.100.${(n % sources) + 1}:${2000 + n}`;
    const [first, ...others] = lines;
    const labelled = (line: string) => (n === 0 ? line : line.replace(/@\w+/, ""));
    return [
      `connection ${n + 1} client ${client} server 192.0.2.2:80`,
      `${(from + n * every).toFixed(3)} ${labelled(first!)}`,
      ...others.map(labelled),
    ].join("\n");
  }).join("\n");

const HALF_OPEN = ["-> S 0:0(0) @syn", "+.0001 <- S. 0:0(0) ack 1 @unanswered", "+1 <- S. 0:0(0) ack 1"];
const UNREPEATED = HALF_OPEN.slice(0, 2);
const SYN_ALONE = HALF_OPEN.slice(0, 1);
const COMPLETE = ["-> S 0:0(0)", "+.0001 <- S. 0:0(0) ack 1", "+.0001 -> . 1:1(0) ack 1"];

/** A connection to another port, so that the capture holds more than SYNs. */
const elsewhere = (at: number) => `
  connection 900 client 192.0.2.1:1025 server 192.0.2.2:22
  ${at} -> S 0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0 -> . 1:1(0) ack 1`;

testRule(synFloodSuspect, {
  invalid: [
    {
      name: "SYN-ACKs to many addresses that are repeated in vain",
      ipVersion: 4,
      packets: halfOpen(60) + elsewhere(5),
      findings: [
        {
          messageId: "flood",
          evidence: { syn: "syn", unanswered: "unanswered" },
          flows: 60,
          data: {
            listener: "192.0.2.2:80",
            halfOpenFlows: 60,
            listenerFlows: 60,
            sources: 60,
            peakFlows: 60,
          },
          confidence: "strong",
        },
      ],
    },
    {
      name: "SYN-ACKs that are not repeated, as cookies are not",
      ipVersion: 4,
      packets: halfOpen(60, { lines: UNREPEATED }) + elsewhere(5),
      findings: [
        {
          messageId: "flood",
          evidence: { syn: "syn", unanswered: "unanswered" },
          flows: 60,
          confidence: "weak",
        },
      ],
    },
    {
      name: "SYNs from an address each that nobody answers: dropped before the listener, or the answers are not captured",
      ipVersion: 4,
      packets:
        halfOpen(59, { lines: SYN_ALONE }) +
        `
        connection 60 client 203.0.113.9:2060 server 192.0.2.2:80
        0.600 -> S 0:0(0) @last` +
        elsewhere(5),
      findings: [
        {
          messageId: "unanswered",
          severity: "note",
          evidence: { syn: "syn", unanswered: "last" },
          flows: 60,
          data: { sources: 60 },
          confidence: "weak",
        },
      ],
    },
    {
      name: "nothing but SYNs and their answers, some of addresses that nobody can have",
      ipVersion: 4,
      packets: `${halfOpen(57, { lines: UNREPEATED })}
        connection 901 client 240.0.0.1:1025 server 192.0.2.2:80
        1 -> S 0:0(0)
        connection 902 client 0.3.2.1:1025 server 192.0.2.2:80
        2 -> S 0:0(0)
        connection 903 client 255.3.2.1:1025 server 192.0.2.2:80
        3 -> S 0:0(0)
        connection 904 client 192.0.2.1:1025 server 192.0.2.2:22
        5 -> S 0:0(0)`,
      findings: [
        {
          messageId: "flood",
          evidence: { syn: "syn", unanswered: "unanswered" },
          flows: 60,
          data: { sources: 60, forgedNote: " (3 of them from blocks that nobody sends from)" },
          confidence: "strong",
        },
      ],
    },
  ],

  valid: [
    {
      name: "clients that ask on: they are real, and do not get the SYN-ACKs",
      ipVersion: 4,
      packets: halfOpen(60, { lines: [...HALF_OPEN, "+1 -> S 0:0(0)", "+1 -> S 0:0(0)"] }) + elsewhere(9),
      others: ["syn-ack-lost"],
    },
    {
      name: "unanswered SYNs of clients that come again",
      ipVersion: 4,
      packets: halfOpen(60, { lines: SYN_ALONE, sources: 50 }) + elsewhere(5),
    },
    {
      name: "unanswered SYNs to a listener that answers others: cookies and full queues tell more",
      ipVersion: 4,
      packets: `${halfOpen(60, { lines: SYN_ALONE })}
        connection 900 client 192.0.2.1:1025 server 192.0.2.2:80
        5 -> S 0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0 -> . 1:1(0) ack 1
        +1 -> F. 1:1(0) ack 1
        +.001 <- F. 1:1(0) ack 2
        +0 -> . 2:2(0) ack 2`,
    },
    { name: "too few", ipVersion: 4, packets: halfOpen(49) + elsewhere(5) },
    {
      name: "a capture filtered down to SYNs",
      ipVersion: 4,
      packets: `${halfOpen(60, { lines: UNREPEATED })}
        connection 901 client 192.0.2.1:1025 server 192.0.2.2:22
        5 -> S 0:0(0)`,
    },
    {
      name: "a capture filtered down to SYNs, with a stray address",
      ipVersion: 4,
      packets: `${halfOpen(57, { lines: UNREPEATED })}
        connection 901 client 240.0.0.1:1025 server 192.0.2.2:80
        1 -> S 0:0(0)
        connection 902 client 0.3.2.1:1025 server 192.0.2.2:80
        2 -> S 0:0(0)
        connection 904 client 192.0.2.1:1025 server 192.0.2.2:22
        5 -> S 0:0(0)`,
    },
    { name: "as many in hours", ipVersion: 4, packets: halfOpen(60, { every: 30 }) + elsewhere(5) },
    {
      name: "a few clients whose SYN-ACKs get lost",
      ipVersion: 4,
      packets: halfOpen(60, { sources: 5 }) + elsewhere(5),
    },
    {
      name: "clients that are reset, as a scanner's kernel does by itself",
      ipVersion: 4,
      packets: halfOpen(60, { lines: [...UNREPEATED, "+.0001 -> R 1:1(0)"] }) + elsewhere(5),
    },
    { name: "many clients at once", ipVersion: 4, packets: halfOpen(60, { lines: COMPLETE }) },
    {
      name: "handshakes that the end of the capture cuts off",
      ipVersion: 4,
      packets: halfOpen(60, { lines: UNREPEATED }) + elsewhere(0.7),
    },
  ],
});

describe("a SYN flood with the counters beside it", () => {
  /** What is said, given what counters stood at before and after. */
  const withCounters = async (counters: Readonly<Record<string, readonly [number, number]>>) => {
    const folder = await mkdtemp(join(tmpdir(), "syn-flood-"));
    try {
      const path = join(folder, "counters.txt");
      const sample = (at: 0 | 1) =>
        `#kernel\n${Object.entries(counters)
          .map(([name, values]) => `TcpExt${name} ${values[at]} 0.0\n`)
          .join("")}`;
      await writeFile(path, sample(0) + sample(1));
      const packets = (halfOpen(60) + elsewhere(5)).replaceAll(/ @\w+/g, "");
      const { report } = await analyzeScript(packets, { counters: [path] });
      return report.findings.map(({ confidence, message }) => `${confidence}: ${message}`);
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  it("is certain when cookies were sent", async () => {
    const [said] = await withCounters({ TCPReqQFullDoCookies: [3, 203] });
    expect(said).to.match(/^certain: .*TcpExtTCPReqQFullDoCookies grew by 200/);
  });

  it("is certain when SYNs were dropped and no accept queue was full, as without cookies", async () => {
    const [said] = await withCounters({ ListenDrops: [0, 931], ListenOverflows: [7, 7] });
    expect(said).to.match(/^certain: .*TcpExtListenDrops grew by 931, TcpExtListenOverflows did not/);
  });

  it("is no more certain by drops that a full accept queue explains", async () => {
    const [said] = await withCounters({ ListenDrops: [0, 931], ListenOverflows: [0, 931] });
    expect(said).to.match(/^strong: .* their SYN-ACKs were never answered\.$/);
  });
});
