import type { InvalidCase } from "../rule-tester.js";
import { handshake } from "./scripts.js";

/** A request that the server has acknowledged, and its answer, on connection 1. */
const request = `
  connection 1 client 192.0.2.1:40001 server 192.0.2.2:80
  ${handshake}
  +0    -> P. 1:101(100) ack 1
  +.001 <- .  1:1(0) ack 101 @ack`;
const lateAnswer = `
  connection 1
  +.3   <- P. 1:201(200) ack 101 @answer
  +0    -> .  101:101(0) ack 201`;
/** Another one of the two goes on. */
const elsewhere = `
  connection 4 client 192.0.2.1:40004 server 192.0.2.2:81
  +.1   -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1
  +0    -> P. 1:101(100) ack 1
  +.001 <- P. 1:101(100) ack 101`;
const IN_VAIN = "-> P. 101:201(100) ack 201";
/** Connection 2 sends in vain while connection 1 waits; `between` happens meanwhile. */
const whileSilent = (between: string) => `
  connection 2 client 192.0.2.1:40002 server 192.0.2.2:80
  ${handshake}
  +0    -> P. 1:101(100) ack 1
  +.001 <- P. 1:201(200) ack 101
  +0    -> .  101:101(0) ack 201
  ${request}
  connection 2
  +.2   ${IN_VAIN}
  +.2   ${IN_VAIN}
  +.4   ${IN_VAIN}
  +.8   ${IN_VAIN}
  ${between}
  connection 2
  +1.6  ${IN_VAIN}
  +3.2  ${IN_VAIN}
  +.002 <- .  201:201(0) ack 201
  ${lateAnswer}`;
const SLOW_BUT_DOUBTFUL = {
  messageId: "slow",
  evidence: { before: "ack", answer: "answer" },
  confidence: "weak",
} as const;

/** A connection that was answered at once. */
const quick = (client: number) => `
  connection ${client} client 192.0.2.1:4000${client} server 192.0.2.2:80
  ${handshake}
  +0    -> P. 1:101(100) ack 1
  +.001 <- P. 1:201(200) ack 101
  +0    -> .  101:101(0) ack 201`;
/** What connection 1 goes on with: a few octets at once, and more of the server later. */
const confirmed = `
  connection 1
  +0    -> P. 101:108(7) ack 201
  +.04  <- .  201:201(0) ack 108 @ack
  +1.1  <- P. 201:301(100) ack 108 @answer
  +0    -> .  108:108(0) ack 301`;

/** Waits that may not be the server's: a proxy near the client, or a path that was shut. And such as only look so. */
export const doubtful: readonly InvalidCase[] = [
  {
    name: "one connection, later on: what the client had sent may have asked for nothing, less sure",
    packets: quick(1) + confirmed,
    findings: [SLOW_BUT_DOUBTFUL],
  },
  {
    name: "the same among connections that tell what is usual",
    packets: quick(1) + quick(2) + quick(3) + confirmed,
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "strong" }],
  },
  {
    name: "a proxy near the client, which acknowledges much quicker than the SYN-ACK came: less sure",
    packets: `
        0      -> S  0:0(0)
        +.16   <- S. 0:0(0) ack 1
        +0     -> .  1:1(0) ack 1
        +0     -> P. 1:101(100) ack 1
        +.0001 <- .  1:1(0) ack 101 @ack
        +4     <- P. 1:201(200) ack 101 @answer
        +0     -> .  101:101(0) ack 201`,
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "weak" }],
  },
  {
    name: "a proxy in the client's host, whose SYN-ACK has no option though the SYN offered some: less sure",
    packets: `
        0      -> S  0:0(0) <mss 1460,sackOK,wscale 6>
        +.004  <- S. 0:0(0) ack 1
        +.001  -> .  1:1(0) ack 1
        +0     -> P. 1:101(100) ack 1
        +.0004 <- .  1:1(0) ack 101 @ack
        +4     <- P. 1:201(200) ack 101 @answer
        +0     -> .  101:101(0) ack 201`,
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "weak" }],
  },
  {
    name: "an old system, whose SYN-ACK has no option and takes as long as its ACKs: no proxy",
    packets: `
        0     -> S  0:0(0) <mss 1460,sackOK,wscale 6>
        +.004 <- S. 0:0(0) ack 1
        +.001 -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1
        +.002 <- .  1:1(0) ack 101 @ack
        +4    <- .  1:2921(2920) ack 101 @answer
        +0    -> .  101:101(0) ack 2921`,
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "strong" }],
  },
  {
    name: "a SYN-ACK with an option that took a little longer than the first ACK: no proxy",
    packets: `
        0      -> S  0:0(0) <mss 1460,sackOK,wscale 6>
        +.004  <- S. 0:0(0) ack 1 <mss 1460>
        +.001  -> .  1:1(0) ack 1
        +0     -> P. 1:101(100) ack 1
        +.0004 <- .  1:1(0) ack 101 @ack
        +4     <- P. 1:201(200) ack 101 @answer
        +0     -> .  101:101(0) ack 201`,
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "strong" }],
  },
  {
    name: "a SYN without options, which leaves nothing to answer in the SYN-ACK: no proxy",
    packets: `
        0      -> S  0:0(0)
        +.004  <- S. 0:0(0) ack 1
        +.001  -> .  1:1(0) ack 1
        +0     -> P. 1:101(100) ack 1
        +.0004 <- .  1:1(0) ack 101 @ack
        +4     <- P. 1:201(200) ack 101 @answer
        +0     -> .  101:101(0) ack 201`,
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "strong" }],
  },
  {
    name: "a SYN-ACK without options, captured on the server's host: nothing is nearer",
    ipVersion: 4,
    packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:80
        0      -> S  0:0(0) <mss 1460,sackOK,wscale 6>
        +.004  <- S. 0:0(0) ack 1
        +.001  -> .  1:1(0) ack 1
        +0     -> P. 1:101(100) ack 1
        +.0004 <- .  1:1(0) ack 101 @ack
        +4     <- P. 1:201(200) ack 101 @answer
        +0     -> .  101:101(0) ack 201`,
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "strong" }],
  },
  {
    name: "a proxy that hides a satellite's long way, which keepalives go: less sure",
    packets: `
        0      -> S  0:0(0) <mss 1460>
        +.006  <- S. 0:0(0) ack 1 <mss 1460>
        +0     -> .  1:1(0) ack 1
        +0     -> P. 1:101(100) ack 1
        +.008  <- .  1:1(0) ack 101 @ack
        +1.1   <- P. 1:201(200) ack 101 @answer
        +.04   -> .  101:101(0) ack 201
        +45    -> .  100:101(1) ack 201
        +.55   <- .  201:201(0) ack 101`,
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "weak" }],
  },
  {
    name: "a SYN that crossed the SYN-ACK: it does not tell how long the way is",
    packets: `
        0      -> S  0:0(0) <mss 1460>
        +1.2   <- S. 0:0(0) ack 1 <mss 1460>
        +.001  -> S  0:0(0) <mss 1460>
        +.001  -> .  1:1(0) ack 1
        +0     -> P. 1:101(100) ack 1
        +.008  <- .  1:1(0) ack 101 @ack
        +14    <- P. 1:201(200) ack 101 @answer
        +.04   -> .  101:101(0) ack 201
        +45    -> .  100:101(1) ack 201
        +.55   <- .  201:201(0) ack 101`,
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "strong" }],
  },
  {
    name: "keepalives of which one was answered at once: the way is short",
    packets: `
        0      -> S  0:0(0) <mss 1460>
        +.006  <- S. 0:0(0) ack 1 <mss 1460>
        +0     -> .  1:1(0) ack 1
        +0     -> P. 1:101(100) ack 1
        +.008  <- .  1:1(0) ack 101 @ack
        +1.1   <- P. 1:201(200) ack 101 @answer
        +.04   -> .  101:101(0) ack 201
        +45    -> .  100:101(1) ack 201
        +.55   <- .  201:201(0) ack 101
        +45    -> .  100:101(1) ack 201
        +.008  <- .  201:201(0) ack 101`,
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "strong" }],
  },
  {
    name: "a keepalive that was repeated: lost, perhaps",
    packets: `
        0      -> S  0:0(0) <mss 1460>
        +.006  <- S. 0:0(0) ack 1 <mss 1460>
        +0     -> .  1:1(0) ack 1
        +0     -> P. 1:101(100) ack 1
        +.008  <- .  1:1(0) ack 101 @ack
        +1.1   <- P. 1:201(200) ack 101 @answer
        +.04   -> .  101:101(0) ack 201
        +45    -> .  100:101(1) ack 201
        +1     -> .  100:101(1) ack 201
        +.55   <- .  201:201(0) ack 101`,
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "strong" }],
  },
  {
    name: "a SYN-ACK that had to be sent again: no proxy",
    packets: `
        0     -> S  0:0(0)
        +1.01 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1
        +.01  <- .  1:1(0) ack 101 @ack
        +12   <- P. 1:201(200) ack 101 @answer
        +0    -> .  101:101(0) ack 201`,
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "strong" }],
  },
  {
    name: "an ACK that crosses what the client sends again: no proxy",
    packets: `
        0     -> S  0:0(0)
        +.3   <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1
        +.299 -> P. 1:101(100) ack 1
        +.001 <- .  1:1(0) ack 101
        +.1   -> P. 101:201(100) ack 1
        +.3   <- .  1:1(0) ack 201 @ack
        +5    <- P. 1:201(200) ack 201 @answer
        +0    -> .  201:201(0) ack 201`,
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "strong" }],
  },
  {
    name: "an answer that comes seconds late while another connection's segments are in vain: the path",
    packets: whileSilent(""),
    findings: [
      {
        messageId: "interrupted",
        evidence: { before: "ack", answer: "answer" },
        severity: "note",
        confidence: "weak",
      },
    ],
  },
  {
    name: "the same, captured on the server's host, which the client's segments have reached: the server",
    packets: whileSilent("").replace(/->.*$/gm, "$& {ttl 50}"),
    findings: [
      {
        messageId: "slow",
        evidence: { before: "ack", answer: "answer" },
        confidence: "strong",
        vantage: "server-host",
      },
    ],
  },
  {
    name: "an answer that comes seconds late while a SYN to the same host has to be sent again: the path, perhaps",
    packets: `${request}
        connection 3 client 192.0.2.1:40003 server 192.0.2.2:80
        +.5   -> S  0:0(0)
        +1    -> S  0:0(0)
        +1    -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        ${lateAnswer}`,
    findings: [SLOW_BUT_DOUBTFUL],
  },
  {
    name: "the same while a third connection goes on: the server",
    packets: whileSilent(elsewhere),
    findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "strong" }],
  },
];
