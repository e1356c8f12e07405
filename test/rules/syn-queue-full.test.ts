import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { synQueueFull } from "../../src/rules/syn-queue-full.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";

const LISTENER = "192.0.2.2:80";

/** A connection to the listener; the first of `lines` begins with its time in seconds. */
const connection = (id: number, client: string, lines: readonly string[], server = LISTENER) =>
  `connection ${id} client ${client}:${2000 + id} server ${server}\n${lines.join("\n")}\n`;

/** It is answered: whatever came before it has left the accept queue. */
const served = (id: number, at: number) =>
  connection(id, "203.0.113.90", [
    `${at} -> S 0:0(0)`,
    "+.001 <- S. 0:0(0) ack 1",
    "+0 -> . 1:1(0) ack 1",
    "+0 -> P. 1:6(5) ack 1",
    "+.001 <- P. 1:6(5) ack 6",
  ]);

/** SYN-ACKs after 0, 1 and 3 s to an address that never answers: its place is free after 7 s. */
const forged = (first: number, at: number, count = 4, label = "") =>
  Array.from({ length: count }, (_, n) =>
    connection(first + n, `198.51.100.${first + n}`, [
      `${(at + n * 0.1).toFixed(1)} -> S 0:0(0)`,
      `+.0001 <- S. 0:0(0) ack 1${n === count - 1 ? label : ""}`,
      "+1 <- S. 0:0(0) ack 1",
      "+2 <- S. 0:0(0) ack 1",
    ]),
  ).join("");

/** A real client on a long way: its handshake takes 0.4 s, or longer. */
const underWay = (id: number, at: number, seconds = 0.4) =>
  connection(id, `203.0.113.${id}`, [
    `${at} -> S 0:0(0)`,
    "+.001 <- S. 0:0(0) ack 1",
    `+${seconds} -> . 1:1(0) ack 1`,
  ]);

const ANSWER = ["+.0001 <- S. 0:0(0) ack 1", "+0 -> . 1:1(0) ack 1"];

/** Clients that send their SYN again after 1, 2 and 6 s; the last one is answered, or none. */
const waiting = (first: number, at: number, { count = 3, isAnswered = true, label = false } = {}) =>
  Array.from({ length: count }, (_, n) => {
    const mark = label && n === 0;
    return connection(first + n, `203.0.113.${first + n}`, [
      `${(at + n * 0.01).toFixed(2)} -> S 0:0(0)${mark ? " @syn" : ""}`,
      `+1 -> S 0:0(0)${mark ? " @repeat" : ""}`,
      "+1 -> S 0:0(0)",
      `+${mark ? 13 : 12.9} -> S 0:0(0)`,
      ...(isAnswered ? ANSWER : []),
    ]);
  }).join("");

/** A SYN that nobody answers and that does not come again. */
const alone = (id: number, at: number) => connection(id, `198.51.100.${id}`, [`${at} -> S 0:0(0)`]);

/**
 * Four half-open attempts fill the queue, SYNs are in vain. After 7 s there is room for four more, others wait; from 14.1 s on there
 * is room for all.
 */
const turnover =
  served(90, 0) +
  forged(1, 1, 4, " @holder") +
  waiting(21, 2, { label: true }) +
  alone(31, 2.5) +
  forged(5, 8.4) +
  waiting(24, 9);

testRule(synQueueFull, {
  invalid: [
    {
      name: "SYNs that are in vain whenever four attempts are half-open, and answered when there is room",
      ipVersion: 4,
      packets: turnover,
      findings: [
        {
          messageId: "full",
          evidence: { syn: "syn", repeat: "repeat", holder: "holder" },
          flows: 6,
          data: {
            listener: LISTENER,
            waitingFlows: 6,
            clients: "6 clients",
            worstSeconds: "15.0",
            ending: "all answered in the end",
            droppedSyns: 18,
            droppedNote: "18 SYNs",
            aloneNote: ", nor did 1 more that were not sent again",
            limit: 4,
            roomNote: "",
            betweenNote: "4 others were answered in between, when there was room",
            holders: 8,
            sources: "8 addresses",
            askedNote: "",
          },
          confidence: "strong",
        },
      ],
    },
    {
      name: "the same where no connection shows that the accept queue was empty",
      ipVersion: 4,
      packets: turnover.replace(served(90, 0), ""),
      findings: [
        {
          messageId: "full",
          severity: "warning",
          evidence: { syn: "syn", repeat: "repeat", holder: "holder" },
          flows: 6,
          confidence: "weak",
        },
      ],
    },
    {
      name: "SYNs that are in vain from the fourth half-open attempt on: a firewall may have begun to drop all",
      ipVersion: 4,
      packets:
        served(90, 0) +
        forged(1, 1, 4, " @holder") +
        waiting(21, 2, { label: true, isAnswered: false }).replaceAll(/\+1(?:3|2.9) /g, "+2 "),
      findings: [
        {
          messageId: "full",
          severity: "warning",
          evidence: { syn: "syn", repeat: "repeat", holder: "holder" },
          flows: 3,
          data: {
            ending: "none answered in the capture",
            betweenNote: "no other SYN was answered meanwhile",
            droppedSyns: 12,
          },
          confidence: "weak",
        },
      ],
    },
    {
      name: "handshakes under way beside them; a client that the server knows finds room when others do not",
      ipVersion: 4,
      packets:
        served(90, 0) +
        underWay(91, 1.1) +
        forged(1, 1, 4, " @holder") +
        underWay(92, 1.95) +
        underWay(93, 1.98) +
        waiting(21, 2, { label: true, isAnswered: false }).replaceAll(/\+1(?:3|2.9) /g, "+1 ") +
        underWay(94, 3.95),
      findings: [
        {
          messageId: "full",
          severity: "warning",
          evidence: { syn: "syn", repeat: "repeat", holder: "holder" },
          flows: 3,
          data: { limit: 5, holders: 4 },
          confidence: "weak",
        },
      ],
    },
    {
      name: "a tenth of the attempts not there, as in a capture that lacks segments",
      ipVersion: 4,
      packets:
        served(90, 0) +
        forged(1, 1, 10, " @holder") +
        waiting(21, 6.55, { label: true, isAnswered: false }).replaceAll(/\+1(?:3|2.9) /g, "+1 "),
      findings: [
        {
          messageId: "full",
          severity: "warning",
          evidence: { syn: "syn", repeat: "repeat", holder: "holder" },
          flows: 3,
          data: { limit: 10, known: 9 },
          confidence: "weak",
        },
      ],
    },
    {
      name: "real clients that do not get the SYN-ACKs; a request that had gone is made anew",
      ipVersion: 4,
      packets:
        served(90, 0) +
        [1, 2, 3, 4]
          .map((id) =>
            connection(id, "203.0.113.80", [
              `${1 + id / 10} -> S 0:0(0)`,
              "+.0001 <- S. 0:0(0) ack 1",
              "+1 -> S 0:0(0)",
              "+.0001 <- S. 0:0(0) ack 1",
              "+2 <- S. 0:0(0) ack 1",
              "+5 -> S 0:0(0)",
              `+.0001 <- S. 70000:70000(0) ack 1${id === 4 ? " @holder" : ""}`,
              "+1 <- S. 70000:70000(0) ack 1",
            ]),
          )
          .join("") +
        waiting(21, 3) +
        waiting(24, 9.5, { label: true }).replaceAll("+12.9 ", "+12.8 "),
      findings: [
        {
          messageId: "full",
          evidence: { syn: "syn", repeat: "repeat", holder: "holder" },
          flows: 6,
          data: {
            limit: 4,
            holders: 8,
            sources: "203.0.113.80",
            askedNote: " (for 8 the client sent its SYN again: it is real, and does not get the SYN-ACKs)",
          },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a capture that begins when attempts are in the queue, some of which go without a word",
      ipVersion: 4,
      packets:
        served(90, 0) +
        [1, 2, 3]
          .map((id) =>
            connection(id, `198.51.100.${id}`, [
              `${2 + id / 10} <- S. 0:0(0) ack 1`,
              "+4 <- S. 0:0(0) ack 1",
            ]),
          )
          .join("") +
        waiting(21, 1, { isAnswered: false }).replaceAll("+12.9 ", "+2 ") +
        forged(5, 8.4, 4, " @holder") +
        waiting(24, 12, { label: true, isAnswered: false }),
      findings: [
        {
          messageId: "full",
          severity: "warning",
          evidence: { syn: "syn", repeat: "repeat", holder: "holder" },
          flows: 3,
          data: { limit: 4, holders: 7, waitingFlows: 3 },
          confidence: "weak",
        },
      ],
    },
    {
      name: "a capture that begins when the attempts are in the queue: no SYN came when there was room for sure",
      ipVersion: 4,
      packets:
        served(90, 0) +
        [1, 2, 3, 4]
          .map((id) =>
            connection(id, `198.51.100.${id}`, [
              `${2 + id / 10} <- S. 0:0(0) ack 1`,
              "+4 <- S. 0:0(0) ack 1",
            ]),
          )
          .join("") +
        waiting(21, 1, { isAnswered: false }).replaceAll("+12.9 ", "+2 ") +
        forged(5, 8.4, 3, " @holder") +
        waiting(24, 12, { label: true, isAnswered: false }),
      findings: [
        {
          messageId: "full",
          severity: "warning",
          evidence: { syn: "syn", repeat: "repeat", holder: "holder" },
          flows: 6,
          data: {
            limit: 4,
            holders: 7,
            betweenNote: "3 others were answered in between, when there was room",
          },
          confidence: "weak",
        },
      ],
    },
  ],

  valid: [
    {
      name: "SYNs in vain while four attempts are half-open, and as many when there are none",
      ipVersion: 4,
      packets: served(90, 0) + forged(1, 1) + waiting(21, 2) + waiting(24, 30),
      others: ["accept-queue-syn-drop", "syn-answered-late"],
    },
    {
      name: "a flood that fills the queue, and two clients that wait then, one at another time",
      ipVersion: 4,
      packets:
        served(90, 0) +
        forged(1, 1) +
        Array.from({ length: 45 }, (_, n) => alone(100 + n, Number((2 + n / 100).toFixed(2)))).join("") +
        waiting(21, 2, { count: 2 }) +
        waiting(24, 30, { count: 1 }),
      others: ["syn-answered-late", "syn-flood-suspect"],
    },
    {
      name: "SYNs in vain while four attempts are half-open, of none of which the SYN-ACK is kept: each was asked for again later",
      ipVersion: 4,
      packets:
        served(90, 0) +
        Array.from({ length: 4 }, (_, n) =>
          connection(1 + n, `198.51.100.${1 + n}`, [
            `${(1 + n * 0.1).toFixed(1)} -> S 0:0(0)`,
            "+.0001 <- S. 0:0(0) ack 1",
            "+1 <- S. 0:0(0) ack 1",
            "+2 <- S. 0:0(0) ack 1",
            "+60 -> S 0:0(0)",
            "+.0001 <- S. 5000:5000(0) ack 1",
            "+1 <- S. 5000:5000(0) ack 1",
          ]),
        ).join("") +
        waiting(21, 2),
      others: ["accept-queue-syn-drop", "syn-answered-late", "syn-ack-lost"],
    },
    {
      name: "SYNs in vain while as many handshakes are under way, and one attempt is half-open still",
      ipVersion: 4,
      packets:
        served(90, 0) +
        forged(1, 1) +
        Array.from({ length: 5 }, (_, n) => underWay(91 + n, 99 + n / 10, 20)).join("") +
        forged(5, 99.6, 1) +
        waiting(21, 100),
      others: ["accept-queue-syn-drop", "syn-answered-late"],
    },
    {
      name: "SYNs in vain while four attempts are half-open, of which the last one found them and a handshake under way",
      ipVersion: 4,
      packets: served(90, 0) + underWay(91, 1.1) + forged(1, 1) + waiting(21, 2),
      others: ["accept-queue-syn-drop", "syn-answered-late"],
    },
    {
      name: "SYNs in vain while more handshakes are under way than attempts half-open",
      ipVersion: 4,
      packets:
        served(90, 0) +
        forged(1, 1) +
        Array.from({ length: 18 }, (_, n) => underWay(40 + n, [1.1, 1.8, 3.8][n % 3]!)).join("") +
        waiting(21, 2),
      others: ["accept-queue-syn-drop", "syn-answered-late"],
    },
    { name: "half-open attempts without victims", ipVersion: 4, packets: served(90, 0) + forged(1, 1, 20) },
    {
      name: "SYNs in vain while fewer attempts are half-open than at other times: a limit on their rate, or losses",
      ipVersion: 4,
      packets: served(90, 0) + forged(1, 1, 3) + waiting(21, 2) + forged(4, 15, 5),
      others: ["accept-queue-syn-drop", "syn-answered-late"],
    },
    {
      name: "two clients whose SYNs are in vain, as lost ones are",
      ipVersion: 4,
      packets: served(90, 0) + forged(1, 1) + waiting(21, 2, { count: 2 }),
      others: ["syn-answered-late"],
    },
    {
      name: "three half-open attempts, as losses leave them",
      ipVersion: 4,
      packets: served(90, 0) + forged(1, 1, 3) + waiting(21, 2) + forged(9, 20, 1),
      others: ["accept-queue-syn-drop", "syn-answered-late"],
    },
    {
      name: "a scan of ports, each answered, while clients wait at one of them",
      ipVersion: 4,
      packets:
        served(90, 0) +
        [1, 2, 3, 4, 5]
          .map((id) =>
            connection(
              id,
              "198.51.100.1",
              ["1 -> S 0:0(0)", "+.0001 <- S. 0:0(0) ack 1", "+1 <- S. 0:0(0) ack 1"],
              `192.0.2.2:${8000 + id}`,
            ),
          )
          .join("") +
        waiting(21, 2),
      others: ["accept-queue-syn-drop", "syn-answered-late"],
    },
    {
      name: "handshakes that are completed, and whose end a full accept queue drops",
      ipVersion: 4,
      packets:
        served(90, 0) +
        [1, 2, 3, 4, 5]
          .map((id) =>
            connection(id, "203.0.113.80", [
              "1 -> S 0:0(0)",
              "+.0001 <- S. 0:0(0) ack 1",
              "+.0001 -> . 1:1(0) ack 1",
              "+.0001 -> P. 1:6(5) ack 1",
              "+.3 -> P. 1:6(5) ack 1",
              "+.6 -> P. 1:6(5) ack 1",
              "+.1 <- S. 0:0(0) ack 1",
              "+0 -> . 6:6(0) ack 1",
              "+2 <- S. 0:0(0) ack 1",
            ]),
          )
          .join("") +
        waiting(21, 2),
      others: ["accept-queue-syn-drop", "syn-ack-after-data", "syn-answered-late"],
    },
    {
      name: "a listener that answers nobody",
      ipVersion: 4,
      packets: waiting(21, 2, { isAnswered: false }) + alone(31, 1),
      others: ["syn-unanswered"],
    },
  ],
});

describe("a full SYN queue, with all rules", () => {
  const said = async (packets: string, counters?: Readonly<Record<string, readonly [number, number]>>) => {
    const folder = await mkdtemp(join(tmpdir(), "syn-queue-"));
    try {
      const path = join(folder, "counters.txt");
      const sample = (at: 0 | 1) =>
        `#kernel\n${Object.entries(counters ?? {})
          .map(([name, values]) => `TcpExt${name} ${values[at]} 0.0\n`)
          .join("")}`;
      await writeFile(path, sample(0) + sample(1));
      const options = counters === undefined ? {} : { counters: [path] };
      const { report } = await analyzeScript(packets.replaceAll(/ @\w+/g, ""), options);
      // The packets are not in the order of time, which is noted.
      return report.findings.filter(({ severity }) => severity !== "note");
    } finally {
      await rm(folder, { recursive: true });
    }
  };
  const told = async (...given: Parameters<typeof said>) =>
    (await said(...given)).map(({ ruleId, confidence }) => `${ruleId} ${confidence}`);

  it("is one finding: no full accept queue, no late answers, no flood", async () => {
    expect(await told(turnover)).to.deep.equal(["syn-queue-full strong"]);
    const flood = Array.from({ length: 60 }, (_, n) => alone(100 + n, Number((2 + n / 100).toFixed(2)))).join(
      "",
    );
    expect(await told(turnover + flood)).to.deep.equal(["syn-queue-full strong"]);
    const inVain = waiting(21, 2, { isAnswered: false }).replaceAll("+12.9 ", "+2 ");
    expect(await told(served(90, 0) + forged(1, 1) + inVain)).to.deep.equal(["syn-queue-full weak"]);
  });

  it("is not taken for a full accept queue on the server's host", async () => {
    const unmarked = turnover.replace(served(90, 0), "").replaceAll(/ @\w+/g, "");
    const atServer = unmarked.replaceAll(/-> .*/g, (packet) => `${packet} {ttl 50}`);
    expect(await told(atServer)).to.deep.equal(["syn-queue-full weak"]);
  });

  it("is certain when the counters say that SYNs found it full", async () => {
    const [finding, ...others] = await said(turnover, { TCPReqQFullDrop: [3, 22], ListenDrops: [3, 22] });
    expect(others).to.deep.equal([]);
    expect(finding).to.include({ ruleId: "syn-queue-full", confidence: "certain" });
    expect(finding!.message).to.contain("TcpExtTCPReqQFullDrop grew by 19");
  });

  it("is certain when SYNs were dropped and no accept queue was full: the last quarter is for known clients", async () => {
    const counters = { TCPReqQFullDrop: [0, 0], ListenDrops: [0, 19], ListenOverflows: [5, 5] } as const;
    expect(await told(turnover, counters)).to.deep.equal(["syn-queue-full certain"]);
  });

  it("is weak when no SYN was dropped there", async () => {
    const [finding] = await said(turnover, { TCPReqQFullDrop: [0, 0], ListenDrops: [4, 4] });
    expect(finding).to.include({ ruleId: "syn-queue-full", confidence: "weak", severity: "warning" });
    expect(finding!.alternatives[0]).to.contain("TcpExtListenDrops did not grow meanwhile");
  });

  it("gives way to a full accept queue that the counters tell of", async () => {
    const counters = { TCPReqQFullDrop: [0, 0], ListenDrops: [0, 19], ListenOverflows: [0, 19] } as const;
    expect(await told(turnover, counters)).to.deep.equal(["accept-queue-syn-drop certain"]);
  });

  it("is among what else it may be where the attempts are not captured", async () => {
    const packets = served(90, 0) + waiting(21, 2);
    const counters = { TCPReqQFullDrop: [0, 9], ListenDrops: [0, 9], ListenOverflows: [0, 0] } as const;
    const [finding] = await said(packets, counters);
    expect(finding).to.include({ ruleId: "accept-queue-syn-drop", confidence: "weak" });
    expect(finding!.alternatives.join(" ")).to.match(
      /SYN queue was full instead, as the counters of that host suggest: .*TcpExtTCPReqQFullDrop grew by 9/,
    );
  });
});
