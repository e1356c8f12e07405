import { expect } from "chai";
import { stallServer } from "../../src/rules/stall-server.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";
import { accepted } from "../support/stall-server/accepted.js";
import { doubtful } from "../support/stall-server/doubtful.js";
import { greetings, noGreetings } from "../support/stall-server/greetings.js";
import { lostAnswers, notLongLost } from "../support/stall-server/lost-answers.js";
import { crossing, notCrossing, onPurpose } from "../support/stall-server/on-purpose.js";
import {
  answeredConnection,
  answeredThenIdle,
  handshake,
  idleTls,
  publishing,
} from "../support/stall-server/scripts.js";
import { notSwallowed, swallowedAnswers } from "../support/stall-server/swallowed-answers.js";

const heldOnce = {
  messageId: "held",
  evidence: { before: "ack", answer: "answer" },
  data: { worstSeconds: "6.0", times: "once" },
  severity: "note",
  confidence: "weak",
} as const;

testRule(stallServer, {
  invalid: [
    ...doubtful,
    ...greetings,
    ...lostAnswers,
    ...swallowedAnswers,
    ...onPurpose,
    ...crossing,
    {
      name: "a server that takes a second to answer a request that it has acknowledged",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1
        +.001 <- .  1:1(0) ack 101 @ack
        +1.2  <- P. 1:201(200) ack 101 @answer
        +0    -> .  101:101(0) ack 201`,
      findings: [
        {
          messageId: "slow",
          evidence: { before: "ack", answer: "answer" },
          data: { worstSeconds: "1.2", hitFlows: 1, usualNote: "" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a TLS server whose first word, an alert, comes late",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1
        +.001 <- .  1:1(0) ack 101 @ack
        +5    <- P. 1:8(7) ack 101 @answer // tls alert
        +0    <- F. 8:8(0) ack 101`,
      findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" } }],
    },
    {
      name: "one slow answer on loopback among quick ones, measured by what is usual",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:80
        0      -> S  0:0(0)
        +.0001 <- S. 0:0(0) ack 1
        +0     -> .  1:1(0) ack 1
        +0     -> P. 1:101(100) ack 1
        +.0001 <- .  1:1(0) ack 101
        +.001  <- P. 1:201(200) ack 101
        +0     -> .  101:101(0) ack 201
        +.01   -> P. 101:201(100) ack 201
        +.0001 <- .  201:201(0) ack 201 @ack
        +.25   <- P. 201:401(200) ack 201 @answer
        +0     -> .  201:201(0) ack 401`,
      findings: [
        {
          messageId: "slow",
          evidence: { before: "ack", answer: "answer" },
          data: { worstSeconds: "0.25", usualNote: ", where the first answer usually takes 1 ms" },
          vantage: "server-host",
        },
      ],
    },
    {
      name: "a wait through which the client sends keepalives",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1
        +.001 <- .  1:1(0) ack 101
        +15   -> .  100:100(0) ack 1
        +.001 <- .  1:1(0) ack 101 @ack
        +5    <- P. 1:201(200) ack 101 @answer
        +0    -> .  101:101(0) ack 201`,
      findings: [
        { messageId: "slow", evidence: { before: "ack", answer: "answer" }, data: { worstSeconds: "20.0" } },
      ],
    },
    {
      name: "a first answer that comes late, and whose body pauses",
      packets: `
        0     -> S  0:0(0) <mss 1460>
        +.001 <- S. 0:0(0) ack 1 <mss 1460>
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1
        +.001 <- .  1:1(0) ack 101 @ack
        +2.5  <- .  1:1461(1460) ack 101 @answer
        +0    <- P. 1461:2461(1000) ack 101
        +0    -> .  101:101(0) ack 2461
        +.9   <- .  2461:3921(1460) ack 101
        +0    -> .  101:101(0) ack 3921`,
      findings: [
        { messageId: "slow", evidence: { before: "ack", answer: "answer" }, data: { worstSeconds: "2.5" } },
      ],
    },
    {
      name: "a handshake that took long because a SYN was lost: it is no measure for the wait",
      packets: `
        0     -> S  0:0(0)
        +1    -> S  0:0(0)
        +3    <- S. 0:0(0) ack 1
        +.01  -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1
        +.4   <- .  1:1(0) ack 101 @ack
        +12   <- P. 1:201(200) ack 101 @answer
        +.01  -> .  101:101(0) ack 201`,
      findings: [
        { messageId: "slow", evidence: { before: "ack", answer: "answer" }, data: { worstSeconds: "12.4" } },
      ],
    },
    {
      name: "a request without an answer, where others were answered",
      packets: `
        ${answeredConnection}
        connection 2
        1     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1 @request
        +.001 <- .  1:1(0) ack 101
        +10   -> F. 101:101(0) ack 1 @last`,
      findings: [
        {
          messageId: "unanswered",
          evidence: { before: "request", answer: "last" },
          data: { worstSeconds: "10.0", hitFlows: 1, listenerFlows: 2 },
          confidence: "weak",
        },
      ],
    },
    {
      name: "a request without an answer, where the kernel acknowledged the FIN when that came again",
      packets: `
        ${answeredConnection}
        connection 2
        1     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1 @request
        +.001 <- .  1:1(0) ack 101
        +10   -> F. 101:101(0) ack 1
        +.2   -> F. 101:101(0) ack 1
        +.001 <- .  1:1(0) ack 102 @last`,
      findings: [{ messageId: "unanswered", evidence: { before: "request", answer: "last" } }],
    },
    {
      name: "a slow answer that is short, from a server that goes on",
      packets: `${idleTls}
        +6    <- P. 301:374(73) ack 132 @answer // tls data
        +0    -> .  132:132(0) ack 374
        +0    <- P. 374:774(400) ack 132 // tls data
        +0    -> F. 132:132(0) ack 774`,
      findings: [heldOnce],
    },
    {
      name: "a slow answer that is short, on a connection that stays open",
      packets: `${idleTls}
        +6    <- P. 301:374(73) ack 132 @answer // tls data
        +0    -> .  132:132(0) ack 374
        +9    -> F. 132:132(0) ack 374`,
      findings: [heldOnce],
    },
    {
      name: "such an answer, then a server that closes an idle connection",
      packets: answeredThenIdle("6"),
      findings: [heldOnce],
    },
    {
      name: "a slow answer, then a server that closes an idle connection: the answer counts",
      packets: answeredThenIdle("3"),
      findings: [
        {
          messageId: "slow",
          evidence: { before: "ack", answer: "answer" },
          data: { worstSeconds: "3.0", times: "once" },
        },
      ],
    },
    ...(
      [
        ["went on without an answer twice: it may wait for one", publishing(3, "1.2")],
        ["goes on within 200 ms: that is one request", publishing(4, "1.2", ".19")],
        [
          "goes on before it knows that the server has what it said: that is one request",
          publishing(4, "1.2").replace(/\+\.001 {5}<- \. {2}9:9\(0\) ack 201/, ""),
        ],
      ] as const
    ).map(([what, packets]) => ({
      name: `a client that ${what}`,
      packets,
      findings: [
        {
          messageId: "slow" as const,
          evidence: { before: "ack", answer: "answer" },
          confidence: "weak" as const,
        },
      ],
    })),
    {
      name: "a client that waits, and sends keepalives of an octet meanwhile",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1
        +.001 <- .  1:1(0) ack 101
${"+.4 -> . 100:101(1) ack 1\n+.001 <- . 1:1(0) ack 101\n".repeat(4)}
        +.4   -> .  100:101(1) ack 1
        +.001 <- .  1:1(0) ack 101 @ack
        +.3   <- P. 1:201(200) ack 101 @answer
        +0    -> .  101:101(0) ack 201`,
      findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" } }],
    },
    {
      name: "a client that publishes, and a server that says something long after: a note",
      packets: publishing(4, "6"),
      findings: [
        {
          messageId: "held",
          evidence: { before: "ack", answer: "answer" },
          severity: "note",
          confidence: "weak",
        },
      ],
    },
    {
      name: "a client that polls: a note",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1
        +.001 <- .  1:1(0) ack 101
        +20   <- P. 1:201(200) ack 101
        +0    -> P. 101:201(100) ack 201
        +.001 <- .  201:201(0) ack 201 @ack
        +25   <- P. 201:401(200) ack 201 @answer
        +0    -> .  201:201(0) ack 401`,
      findings: [
        {
          messageId: "held",
          evidence: { before: "ack", answer: "answer" },
          severity: "note",
          confidence: "weak",
        },
      ],
    },
    {
      name: "what greets and is not SSH on such a port",
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:2222
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +.001 <- P. 1:42(41) ack 1
        +0    -> P. 1:42(41) ack 42
        +.001 <- P. 42:142(100) ack 42
        +.001 -> P. 42:142(100) ack 142
        +.001 <- .  142:142(0) ack 142 @before
        +3    <- P. 142:242(100) ack 142 @answer
        +0    -> .  142:142(0) ack 242`,
      findings: [{ messageId: "slow", evidence: { before: "before", answer: "answer" } }],
    },
  ],

  valid: [
    {
      name: "SSH on a port of its own: the server answers when the command has something to say",
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:2222
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +.001 <- P. 1:42(41) ack 1 // ssh version
        +0    -> P. 1:42(41) ack 42
        +.001 <- P. 42:142(100) ack 42
        +.001 -> P. 42:142(100) ack 142
        +.001 <- .  142:142(0) ack 142
        +3    <- P. 142:242(100) ack 142
        +0    -> .  142:142(0) ack 242`,
    },
    ...notSwallowed,
    ...notCrossing,
    ...accepted,
    ...noGreetings,
    ...notLongLost,
  ],
});

describe("rule stall-server", () => {
  /** Connections to these servers, asked a millisecond apart, which answer at these seconds. */
  const waits = (servers: readonly string[], answersAt: readonly number[]): string => {
    const asked = servers.map(
      (server, index) => `
        connection ${index + 1} client 10.0.0.1:${40000 + index} server ${server}
        +.001 -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1
        +.001 <- .  1:1(0) ack 101`,
    );
    const answered = answersAt.map(
      (second, index) => `
        connection ${index + 1}
        ${second} <- P. 1:201(200) ack 101
        +0 -> . 101:101(0) ack 201`,
    );
    return [...asked, ...answered].join("\n");
  };

  async function verdictsOf(packets: string): Promise<string[]> {
    const { report } = await analyzeScript(packets, { rules: [stallServer] });
    return report.findings.map(
      ({ confidence, alternatives }) =>
        `${confidence}${/stood still/.test(alternatives[0]!) ? ", shared" : ""}`,
    );
  }

  it("says of the only connection that nothing may have been asked for", async () => {
    const packets = `${answeredConnection}
      +0    -> P. 101:108(7) ack 201
      +.04  <- .  201:201(0) ack 108
      +1.1  <- P. 201:301(100) ack 108
      +0    -> .  108:108(0) ack 301`;
    const { report } = await analyzeScript(packets, { rules: [stallServer] });
    expect(report.findings.map(({ alternatives }) => alternatives[0])).to.deep.equal([
      "What the client had sent asked for no answer: it confirmed what it had got, or kept the connection alive, and the server spoke again when it had something to say.",
    ]);
  });

  it("is less sure where servers of three addresses answer at the same moment", async () => {
    const three = ["10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:443"];
    expect(await verdictsOf(waits(three, [2, 2.01, 2.02]))).to.deep.equal(Array(3).fill("weak, shared"));
    expect(await verdictsOf(waits(three, [2, 2.2, 2.4]))).to.deep.equal(Array(3).fill("strong"));
    const ports = ["10.0.0.2:80", "10.0.0.2:81", "10.0.0.3:82"];
    expect(await verdictsOf(waits(ports, [2, 2.01, 2.02]))).to.deep.equal(Array(3).fill("strong"));
  });

  it("is less sure where SYNs to the same address were in vain meanwhile, and the next one was answered behind the answer", async () => {
    const syns = (seconds: readonly number[]): string =>
      `connection 9 client 10.0.0.1:40009 server 10.0.0.2:80
       ${seconds.map((second) => `${second} -> S 0:0(0)`).join("\n")}`;
    const answered = `
      connection 1
      3.4   <- P. 1:201(200) ack 101
      +0    -> .  101:101(0) ack 201`;
    const open = `
      connection 9
      +.01  <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +0    -> P. 1:101(100) ack 1
      +.01  <- P. 1:201(200) ack 101`;
    const asked = waits(["10.0.0.2:80"], []);
    const later = `connection 9\n4.5 -> S 0:0(0)`;
    const packets = [asked, syns([0.5, 1.5, 2.5]), answered, later, open].join("\n");
    expect(await verdictsOf(packets)).to.deep.equal(["weak"]);
    expect(await verdictsOf([asked, answered].join("\n"))).to.deep.equal(["strong"]);
  });
});
