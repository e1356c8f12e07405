import type { AcceptedCase, InvalidCase } from "../rule-tester.js";
import { handshake } from "./scripts.js";

/** Behind what other connections have sent. */
const begun = handshake.replace("0  ", "+.01");
/** Connections from 1 on that are greeted a millisecond later, by a server that then answers soon. */
const greeted = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => `
      connection ${index + 1}
      ${begun}
      +.001 <- P. 1:31(30) ack 1
      +.001 -> P. 1:21(20) ack 31
      +.001 <- P. 31:51(20) ack 21
      +0    -> .  21:21(0) ack 51`,
  ).join("");
const last = `
  connection 9
  1     -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1 @ack`;
const lateGreeting = (seconds: number) => `${last}
  +${seconds} <- P. 1:31(30) ack 1 @answer
  +0    -> P. 1:21(20) ack 31`;
const noGreeting = (seconds: number) => `${last}
  +${seconds} -> F. 1:1(0) ack 1 @answer`;
const onServerHost = (packets: string) => packets.replace(/->.*?(?= @|$)/gm, "$& {ttl 50}");

const EVIDENCE = { before: "ack", answer: "answer" } as const;
const LATE = { messageId: "greeting", evidence: EVIDENCE, confidence: "weak" } as const;

/** Servers that speak first, and let a client wait for that or for an answer. */
export const greetings: readonly InvalidCase[] = [
  {
    name: "a greeting that comes late, where others came at once",
    packets: greeted(3) + lateGreeting(4),
    findings: [
      {
        ...LATE,
        data: {
          hitFlows: 1,
          listenerFlows: 4,
          worstSeconds: "4.0",
          usualNote: ", where the greeting usually takes 1 ms",
        },
      },
    ],
  },
  {
    name: "the same, captured on the server's host",
    packets: onServerHost(greeted(3) + lateGreeting(4)),
    findings: [{ ...LATE, confidence: "strong", vantage: "server-host" }],
  },
  {
    name: "the same on the client's side, while another connection goes on: the way is open",
    packets: `${greeted(3)}
      connection 4
      ${begun}
      +.001 <- P. 1:31(30) ack 1
      ${last}
      ${[0, 1, 2, 3]
        .map(
          (turn) => `
      connection 4
      +.9   -> P. ${1 + turn * 20}:${21 + turn * 20}(20) ack ${31 + turn * 20}
      +.001 <- P. ${31 + turn * 20}:${51 + turn * 20}(20) ack ${21 + turn * 20}`,
        )
        .join("")}
      connection 9
      +.4   <- P. 1:31(30) ack 1 @answer
      +0    -> P. 1:21(20) ack 31`,
    findings: [{ ...LATE, confidence: "strong" }],
  },
  {
    name: "the same on the client's side, while another connection goes on for a moment only: the way may be shut since",
    packets: `${greeted(3)}${last}
      connection 1
      +.5   -> P. 21:41(20) ack 51
      +.001 <- P. 51:71(20) ack 41
      connection 9
      +4    <- P. 1:31(30) ack 1 @answer
      +0    -> P. 1:21(20) ack 31`,
    findings: [LATE],
  },
  {
    name: "a greeting that never comes",
    packets: greeted(3) + noGreeting(6),
    findings: [
      {
        messageId: "ungreeted",
        evidence: EVIDENCE,
        data: { worstSeconds: "6.0", usualNote: ", where the greeting usually takes 1 ms" },
        confidence: "weak",
      },
    ],
  },
  {
    name: "a greeting that has not come when the capture ends",
    packets: `${greeted(3)}${noGreeting(0)
      .replace(/\n.*@answer$/, "")
      .replace("@ack", "@answer")}
      connection 1
      8     -> F. 21:21(0) ack 51
      +.001 <- F. 51:51(0) ack 22`,
    findings: [
      {
        messageId: "ungreeted",
        evidence: { before: "answer", answer: "answer" },
        data: { worstSeconds: "7.0" },
        confidence: "weak",
      },
    ],
  },
  {
    name: "a remote shell that does not greet",
    ipVersion: 4,
    packets: (greeted(3) + noGreeting(6)).replaceAll(/connection (\d+)/g, "$& server 192.0.2.2:22"),
    findings: [{ messageId: "ungreeted", evidence: EVIDENCE }],
  },
  {
    name: "one client in ten speaks first, as those do that look what is there",
    packets: `${greeted(10)}
      connection 11
      ${begun}
      +0    -> P. 1:101(100) ack 1
      +.001 <- P. 1:31(30) ack 101
      ${noGreeting(6).replace("connection 9", "connection 12")}`,
    findings: [{ messageId: "ungreeted", evidence: EVIDENCE }],
  },
  {
    name: "a server that speaks first and does not answer a later request for long, where others are answered",
    packets: `${greeted(3)}
      connection 1
      +1    -> P. 21:41(20) ack 51
      +.001 <- .  51:51(0) ack 41 @ack
      +8    <- P. 51:81(30) ack 41 @answer
      +0    -> .  41:41(0) ack 81`,
    findings: [
      {
        messageId: "slow",
        evidence: EVIDENCE,
        data: { worstSeconds: "8.0", usualNote: ", where the first answer usually takes 1 ms" },
        confidence: "strong",
      },
    ],
  },
  {
    name: "a server that greets a client, the only one, and does not answer its first request for long",
    packets: `${begun}
      +.001 <- P. 1:31(30) ack 1
      +.001 -> P. 1:21(20) ack 31
      +.001 <- .  31:31(0) ack 21 @ack
      +8    <- P. 31:51(20) ack 21 @answer
      +0    -> .  21:21(0) ack 51`,
    findings: [{ messageId: "slow", evidence: EVIDENCE, data: { worstSeconds: "8.0" } }],
  },
  {
    name: "a server that greets a client and never answers its first request, where others are answered",
    packets: `${greeted(1)}
      connection 2
      1     -> S  0:0(0)
      +.001 <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +.001 <- P. 1:31(30) ack 1
      +.001 -> P. 1:21(20) ack 31 @request
      +.001 <- .  31:31(0) ack 21
      +6    -> F. 21:21(0) ack 31 @last`,
    findings: [
      {
        messageId: "unanswered",
        evidence: { before: "request", answer: "last" },
        data: { worstSeconds: "6.0" },
        confidence: "weak",
      },
    ],
  },
];

const clientFirst = `
  ${begun}
  +0    -> P. 1:101(100) ack 1
  +.001 <- P. 1:31(30) ack 101
  +0    -> .  101:101(0) ack 31`;

/** Servers that speak first, or seem to, and owe nobody a word. */
export const noGreetings: readonly AcceptedCase[] = [
  {
    name: "no greeting on a connection whose FIN is sent again, and never acknowledged",
    packets: `${greeted(3)}${noGreeting(10)}\n+.2 -> F. 1:1(0) ack 1`,
  },
  {
    name: "a greeting that takes less than a second",
    packets: greeted(3) + lateGreeting(0.9),
  },
  {
    name: "a late greeting where only two were greeted before",
    packets: greeted(2) + lateGreeting(4),
  },
  {
    name: "a late greeting where most are late",
    packets: `${greeted(3)}${Array.from({ length: 4 }, (_, index) =>
      lateGreeting(4)
        .replace("connection 9", `connection ${index + 4}`)
        .replaceAll(/ @\w+/g, ""),
    ).join("")}`,
  },
  {
    name: "a late greeting over a long way",
    packets: `${greeted(3)}
      connection 9
      1     -> S  0:0(0)
      +.4   <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +3.5  <- P. 1:31(30) ack 1
      +0    -> P. 1:21(20) ack 31`,
  },
  {
    name: "servers that speak first to whoever listens: nobody answers them",
    packets: `${greeted(3)
      .replaceAll(/->.*ack (?:31|51)$/gm, "-> . 1:1(0) ack 31")
      .replaceAll(/<- P\. 31:51\(20\) ack 21/g, "<- P. 31:51(20) ack 1")}${lateGreeting(4)}`,
  },
  {
    name: "a connection without a word where clients speak first",
    packets: `connection 1${clientFirst}${noGreeting(6)}`,
  },
  {
    name: "the same where the server spoke first to a few",
    packets: `${greeted(3)}\nconnection 4${clientFirst}${noGreeting(6)}`,
  },
  {
    name: "a connection without a word that is closed soon",
    packets: greeted(3) + noGreeting(4.5),
  },
  {
    name: "a connection without a word that the server closes",
    packets: `${greeted(3)}${last}\n+6 <- F. 1:1(0) ack 1\n+0 -> F. 1:1(0) ack 2`,
  },
  {
    name: "a greeting that the capture lacks: the client has acknowledged it",
    packets: `${greeted(3)}${last}\n+6 -> F. 1:1(0) ack 31`,
  },
  {
    name: "a greeting that the capture lacks: the server's numbers have gone on",
    packets: `${greeted(3)}${last}\n+6 -> F. 1:1(0) ack 1\n+0 <- . 31:31(0) ack 2`,
  },
  {
    name: "a request that the capture lacks: the server has acknowledged it",
    packets: `${greeted(3)}${last}\n+.001 <- . 1:1(0) ack 21\n+6 -> F. 21:21(0) ack 1`,
  },
  {
    name: "a server that repeats its SYN-ACK, and never speaks",
    packets: `${greeted(3)}${last}\n+1 <- S. 0:0(0) ack 1\n+0 -> . 1:1(0) ack 1\n+6 -> F. 1:1(0) ack 1`,
  },
  {
    name: "a greeting of a connection whose handshake is not over, as far as captured",
    packets: `${greeted(3)}
      connection 9
      5     -> S  0:0(0)
      +.001 <- S. 0:0(0) ack 1
      +.1   <- P. 1:31(30) ack 1`,
  },
  {
    name: "a connection without a word whose end is not known: the next one has its ports",
    packets: `${greeted(3)}${last}
      +8    -> S  5000:5000(0)
      +.001 <- S. 5000:5000(0) ack 5001
      +0    -> .  5001:5001(0) ack 5001
      +.001 <- P. 5001:5031(30) ack 5001
      +0    -> P. 5001:5021(20) ack 5031`,
  },
  {
    name: "a request that the capture lacks, and no end: the server has acknowledged it",
    packets: `${greeted(3)}${last}
      +.001 <- .  1:1(0) ack 21
      connection 1
      8     -> F. 21:21(0) ack 51
      +.001 <- F. 51:51(0) ack 22`,
  },
  {
    name: "a greeting after which the capture's clock was set forward",
    packets: `${greeted(3)}
      connection 9
      1     -> S  0:0(0) <TS val 1000 ecr 0>
      +.01  <- S. 0:0(0) ack 1 <TS val 5010 ecr 1000>
      +0    -> .  1:1(0) ack 1 <TS val 1010 ecr 5010>
      +30.1 <- P. 1:31(30) ack 1 <TS val 5120 ecr 1010>
      +.01  -> P. 1:21(20) ack 31 <TS val 1120 ecr 5120>
      +.4   <- P. 31:51(20) ack 21 <TS val 5530 ecr 1120>
      +.4   -> .  21:21(0) ack 51 <TS val 1930 ecr 5530>`,
  },
  {
    name: "a greeting that comes late while another connection's segments are in vain: the path",
    packets: `${greeted(3)}
      ${last}
      ${[0.2, 0.2, 0.4, 0.8, 1.6, 3.2].map((seconds) => `connection 1\n+${seconds} -> P. 21:41(20) ack 51`).join("\n")}
      +.002 <- .  51:51(0) ack 41
      connection 9
      +.3   <- P. 1:31(30) ack 1
      +0    -> P. 1:21(20) ack 31`,
    others: ["blackhole-forward"],
  },
  {
    name: "a server that repeats its SYN-ACK: it has no handshake yet",
    packets: `${greeted(3)}${last}
      +1    <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +.5   <- P. 1:31(30) ack 1
      +0    -> P. 1:21(20) ack 31`,
  },
];
