import { expect } from "chai";
import { connectionCutOff } from "../../src/rules/connection-cut-off.js";
import { analyzeScript } from "../support/analyze-script.js";
import { answered, opened, repeated } from "../support/outage-scripts.js";
import { testRule } from "../support/rule-tester.js";

const DATA = "-> P. 101:201(100) ack 1";
const SAME_ADDRESS = "192.0.2.7:80";
/** `count` connections to one address fall silent; `meanwhile` happens while their timers run, 3.2 s after the data. */
const silent = (count: number, meanwhile: string, data = DATA): string => `${opened(count)}
  ${repeated(count, data, [1])}
  ${repeated(count, `${data} @first`, [0.21])}
  ${repeated(count, data, [0.42, 0.85, 1.7])}
  ${meanwhile}
  ${repeated(count, data, [3.4])}
  ${repeated(count, `${data} @last`, [6.8])}`;
/** A server repeats what its client has acknowledged each time. */
const acknowledgedInVain = (meanwhile: string, before = ""): string => {
  const [packet, reply] = ["<- P. 101:201(100) ack 5", "-> . 5:5(0) ack 201"];
  return `${before}
    ${opened(1, SAME_ADDRESS, "<-")}
    ${repeated(1, packet, [1], reply)}
    ${repeated(1, `${packet} @first`, [0.21], reply)}
    ${repeated(1, packet, [0.42, 0.85, 1.7], reply)}
    ${meanwhile}
    ${repeated(1, packet, [3.4], reply)}
    ${repeated(1, `${packet} @last`, [6.8], reply)}`;
};
/** A client whose connection stands still twice for more than a second, and has to send everything twice, `answer` or not. */
const struggling = (answer: string): string =>
  acknowledgedInVain(
    `connection 9
   +.1  -> P. 16:21(5) ack 1
   +.1  -> P. 16:21(5) ack 1
   ${answer}
   +.1  -> P. 21:26(5) ack 1
   +.1  -> P. 21:26(5) ack 1`,
    `connection 9 client 192.0.2.1:40009 server ${SAME_ADDRESS}
   0    -> S  0:0(0)
   +.02 <- S. 0:0(0) ack 1
   +0   -> .  1:1(0) ack 1
   +0   -> P. 1:6(5) ack 1
   +.02 <- .  1:1(0) ack 6
   +1.2 -> P. 6:11(5) ack 1
   +.1  -> P. 6:11(5) ack 1
   +.02 <- .  1:1(0) ack 11
   +1.2 -> P. 11:16(5) ack 1
   +.1  -> P. 11:16(5) ack 1
   +.02 <- .  1:1(0) ack 16`,
  );
const LONG_DATA = "-> P. 101:1501(1400) ack 1";
/** Another connection, of whose client a segment of `bytes` arrives, and five short ones. */
const longRequest = (bytes: number): string => `
  connection 9 client 192.0.2.1:40009 server ${SAME_ADDRESS}
  +.05 -> S  0:0(0)
  +.02 <- S. 0:0(0) ack 1
  +0   -> .  1:1(0) ack 1
  +0   -> P. 1:${bytes + 1}(${bytes}) ack 1
  +.02 <- P. 1:501(500) ack ${bytes + 1}
  +0   -> .  ${bytes + 1}:${bytes + 1}(0) ack 501
  +0   -> F. ${bytes + 1}:${bytes + 1}(0) ack 501
  +.02 <- F. 501:501(0) ack ${bytes + 2}
  +0   -> .  ${bytes + 2}:${bytes + 2}(0) ack 502`;
/** A server repeats an answer that never arrives, while another connection goes on; then each client says its last. */
const swallowed = (count: number, lastWord: string, meanwhile = answered(9, SAME_ADDRESS)): string => {
  const packet = "<- P. 101:201(100) ack 5";
  return `${opened(count, SAME_ADDRESS, "<-")}
    ${repeated(count, packet, [1])}
    ${repeated(count, `${packet} @first`, [0.21])}
    ${repeated(count, packet, [0.42, 0.85])}
    ${meanwhile}
    ${repeated(count, packet, [1.7])}
    ${repeated(count, `${packet} @last`, [3.4])}
    ${repeated(count, lastWord, [2])}`;
};
const recovery = (count: number): string => repeated(count, "<- . 1:1(0) ack 201", [0.02]);

testRule(connectionCutOff, {
  invalid: [
    {
      name: "first requests that a filter takes, of connections that the server closes in the end: it held them",
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.7:80
        repeat 2 every 0.1 {
          +.1   -> S  0:0(0)
          +.02  <- S. 0:0(0) ack 1
          +0    -> .  1:1(0) ack 1
          +0    -> P. 1:301(300) ack 1
          +.2   -> P. 1:301(300) ack 1 @first
          +.4   -> P. 1:301(300) ack 1
          +.8   -> P. 1:301(300) ack 1
        }
        connection 9 client 192.0.2.1:40009 server 192.0.2.7:80
        +.2  -> S  0:0(0)
        +.02 <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1
        +0   -> P. 1:6(5) ack 1
        +.02 <- .  1:1(0) ack 6
        connection 1
        repeat 2 every 0.1 {
          +1.4 -> P. 1:301(300) ack 1
          +3.2 -> P. 1:301(300) ack 1 @last
          +1   <- F. 1:1(0) ack 1
          +0   -> .  301:301(0) ack 2
        }`,
      findings: [
        {
          messageId: "alone",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
        },
      ],
    },
    {
      name: "answers of a server that two clients never get, as they tell when they close",
      packets: swallowed(2, "-> F. 5:5(0) ack 101"),
      findings: [
        {
          messageId: "swallowed",
          evidence: { first: "first-1", last: "last-1" },
          data: { repeats: 5, port: 80 },
          flows: 2,
          confidence: "strong",
        },
      ],
    },
    {
      name: "one such answer",
      packets: swallowed(1, "-> F. 5:5(0) ack 101"),
      findings: [
        { messageId: "swallowed", evidence: { first: "first-1", last: "last-1" }, confidence: "weak" },
      ],
    },
    {
      name: "long segments, while one as long passes on a third connection",
      packets: silent(2, longRequest(1400), LONG_DATA),
      findings: [
        {
          messageId: "alone",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
        },
      ],
    },
    {
      name: "two connections, while the address answers a third",
      packets: silent(2, answered(9, SAME_ADDRESS)),
      findings: [
        {
          messageId: "alone",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
          data: { ending: "not answered again in the capture", repeats: 6, port: 80 },
        },
      ],
    },
    {
      name: "two connections that are answered in the end",
      packets: silent(2, answered(9, SAME_ADDRESS)) + recovery(2),
      findings: [
        {
          messageId: "alone",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
          data: { ending: "all were answered in the end" },
        },
      ],
    },
    {
      name: "two connections that had fallen silent before the capture: the server may never have held them",
      packets: `
        connection 1 client 192.0.2.1:40000 server ${SAME_ADDRESS}
        ${repeated(2, DATA, [0])}
        ${repeated(2, `${DATA} @first`, [0.8])}
        ${repeated(2, DATA, [1.6])}
        ${answered(9, SAME_ADDRESS)}
        ${repeated(2, DATA, [3.2])}
        ${repeated(2, `${DATA} @last`, [6.4])}`,
      findings: [
        {
          messageId: "alone",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "weak",
          data: { repeats: 4, since: " The capture has nothing of before: it may have lasted longer." },
        },
      ],
    },
    {
      name: "one connection for a long time",
      packets: silent(1, answered(9, SAME_ADDRESS)),
      findings: [
        {
          messageId: "alone",
          evidence: { first: "first-1", last: "last-1" },
          confidence: "weak",
          data: { ending: "not answered again in the capture" },
        },
      ],
    },
    {
      name: "two connections, while those that go on have to send again as well: the path loses much, perhaps",
      packets: silent(
        2,
        `${answered(9, SAME_ADDRESS)}
        +.1  -> P. 6:11(5) ack 6
        +.3  -> P. 6:11(5) ack 6
        +.02 <- .  6:6(0) ack 11`,
      ),
      findings: [
        { messageId: "alone", evidence: { first: "first-1", last: "last-1" }, flows: 2, confidence: "weak" },
      ],
    },
    {
      name: "a connection whose acknowledgments do not arrive, while others go on",
      packets: acknowledgedInVain(answered(9, SAME_ADDRESS)),
      findings: [
        {
          messageId: "unheard",
          evidence: { first: "first-1", last: "last-1" },
          flows: 1,
          severity: "warning",
          confidence: "weak",
          data: { repeats: 6, port: 80 },
        },
      ],
    },
    {
      name: "the same while another one gets on, though it has to send again and again",
      packets: struggling("+.02 <- . 1:1(0) ack 21"),
      findings: [
        {
          messageId: "unheard",
          evidence: { first: "first-1", last: "last-1" },
          flows: 1,
          confidence: "weak",
        },
      ],
    },
    {
      name: "a connection that falls silent after the other did, with the answer in between",
      packets: `${opened(1)}
        ${repeated(1, DATA, [1])}
        connection 9 client 192.0.2.1:40009 server 192.0.2.7:443
        +1.2 -> S  0:0(0)
        +.02 <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1
        +0   -> P. 1:6(5) ack 1
        +.02 <- .  1:1(0) ack 6
        +0   -> P. 6:11(5) ack 1
        ${repeated(1, `${DATA} @first`, [0.4])}
        connection 9
        +.2  -> P. 6:11(5) ack 1
        +.5  -> P. 6:11(5) ack 1
        ${repeated(1, DATA, [1.6])}
        connection 9
        +.4  -> P. 6:11(5) ack 1
        ${repeated(1, DATA, [2.8])}
        connection 9
        +.4  -> P. 6:11(5) ack 1
        ${repeated(1, `${DATA} @last`, [6])}`,
      findings: [
        {
          messageId: "alone",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
        },
      ],
    },
  ],
  valid: [
    {
      name: "answers that arrive late, which their clients acknowledge",
      packets: swallowed(2, "-> . 5:5(0) ack 201"),
      others: ["blackhole-forward"],
    },
    {
      name: "clients that reset, and may know nothing of the connections",
      packets: swallowed(2, "-> R 5:5(0)"),
      others: ["blackhole-forward"],
    },
    {
      name: "answers that do not arrive, as nothing else of the server",
      packets: swallowed(2, "-> F. 5:5(0) ack 101", ""),
      others: ["blackhole-forward"],
    },
    {
      name: "a server to and from which other connections lose much, at other times: the path, which loses all of some",
      packets: `${answered(9, SAME_ADDRESS)}${[6, 11, 16, 21, 26]
        .map(
          (seq) => `
            +.1  -> P. ${seq}:${seq + 5}(5) ack 6
            +.3  -> P. ${seq}:${seq + 5}(5) ack 6
            +.02 <- .  6:6(0) ack ${seq + 5}`,
        )
        .join("")}
        ${silent(2, answered(8, SAME_ADDRESS))}`,
      others: ["loss-rate-high", "rto-tail-loss"],
    },
    {
      name: "acknowledgments that do not arrive while another one sends again and again, in vain, too",
      packets: struggling(""),
      others: ["blackhole-reverse"],
    },
    {
      name: "acknowledgments that do not arrive, of all connections",
      packets: acknowledgedInVain(""),
      others: ["blackhole-reverse"],
    },
    {
      name: "an address that answers nobody",
      packets: silent(2, answered(9)),
      others: ["blackhole-forward"],
    },
    {
      name: "an address that answers others only once the path is back",
      packets: silent(2, "") + answered(9, SAME_ADDRESS) + recovery(2),
      others: ["blackhole-forward"],
    },
    {
      name: "an address that answered another one right before it fell silent",
      packets: `${opened(2)}
        ${repeated(2, DATA, [1])}
        ${answered(9, SAME_ADDRESS)}
        ${repeated(2, DATA, [0.21, 0.42, 0.85, 1.7, 3.4])}`,
      others: ["blackhole-forward"],
    },
    {
      name: "a client that goes away while others at its address stay",
      packets: `${opened(1, SAME_ADDRESS, "<-")}
        ${repeated(1, "<- P. 101:201(100) ack 5", [1, 0.2, 0.4, 0.8, 1.6])}
        ${answered(9, SAME_ADDRESS)}
        ${repeated(1, "<- P. 101:201(100) ack 5", [3.2, 6.4])}`,
      others: ["blackhole-forward"],
    },
    {
      name: "segments that may be too large for the path, while shorter ones pass",
      packets: silent(2, longRequest(1399), LONG_DATA),
      others: ["pmtu-blackhole"],
    },
    {
      name: "segments that may be too large for the path",
      packets: silent(1, answered(9, SAME_ADDRESS), "-> P. 101:1501(1400) ack 1"),
      others: ["pmtu-blackhole"],
    },
    {
      name: "a short silence of one connection",
      packets: `${opened(1)}
        ${repeated(1, DATA, [1, 0.2, 0.4])}
        ${answered(9, SAME_ADDRESS)}
        ${repeated(1, DATA, [0.8, 1.6])}
        ${recovery(1)}`,
      others: ["rto-tail-loss"],
    },
  ],
});

describe("long segments that are cut off while others as long pass", () => {
  for (const [title, data, hasReason] of [
    ["may be too long for one of several paths", LONG_DATA, true],
    ["are not, where short ones are cut off", DATA, false],
  ] as const)
    it(title, async () => {
      const { report } = await analyzeScript(silent(2, longRequest(1400), data));
      const { alternatives } = report.findings.find(({ ruleId }) => ruleId === "connection-cut-off")!;
      expect(
        alternatives.some((each) => each.startsWith("One of several parallel paths is narrower")),
      ).to.equal(hasReason);
    });
});

describe("connections that are cut off", () => {
  const BEFORE_ARRIVAL = "The path itself came and went";
  const ON_ARRIVAL = "What was repeated did arrive";
  const reasonOf = async (clientTtl: number, serverTtl: number): Promise<string> => {
    const script = silent(2, answered(9, SAME_ADDRESS))
      .replace(/(->[^@\n]*)/g, `$1 {ttl ${clientTtl}} `)
      .replace(/(<-[^@\n]*)/g, `$1 {ttl ${serverTtl}} `);
    const { report } = await analyzeScript(script);
    const found = report.findings.find(({ ruleId }) => ruleId === "connection-cut-off")!;
    return found.alternatives.find((each) => each.startsWith(BEFORE_ARRIVAL) || each.startsWith(ON_ARRIVAL))!;
  };

  it("may have lost their path for a while, seen from the client's host", async () => {
    expect(await reasonOf(64, 57)).to.include(BEFORE_ARRIVAL);
  });

  it("had not, seen from the host that does not answer: what is dropped had arrived", async () => {
    expect(await reasonOf(57, 64)).to.include(ON_ARRIVAL);
  });
});
