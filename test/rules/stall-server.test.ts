import { expect } from "chai";
import { stallServer } from "../../src/rules/stall-server.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";

const handshake = `
  0     -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1`;

/** Its server answers the request at once. */
const answeredConnection = `
  connection 1
  ${handshake}
  +0    -> P. 1:101(100) ack 1
  +.001 <- P. 1:201(200) ack 101
  +0    -> .  101:101(0) ack 201`;

/** A client has acknowledged the server's settings, and waits for nothing. */
const idleTls = `
  ${handshake}
  +0    -> P. 1:101(100) ack 1 // tls data
  +.001 <- P. 1:301(300) ack 101 // tls data
  +0    -> P. 101:132(31) ack 301 // tls data
  +.001 <- .  301:301(0) ack 132 @ack`;

/** The server speaks `seconds` later, and closes the connection when that is idle again. */
const answeredThenIdle = (seconds: string) => `${idleTls}
  +${seconds} <- P. 301:374(73) ack 132 @answer // tls data
  +0    -> .  132:132(0) ack 374
  +1    -> P. 132:163(31) ack 374 // tls data
  +.001 <- .  374:374(0) ack 163
  +60   <- P. 374:447(73) ack 163 // tls data
  +0    -> F. 163:163(0) ack 447`;

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
/** Connection 2 repeats `packet` while connection 1 waits; `between` happens meanwhile. */
const whileSilent = (packet: string, between: string) => `
  connection 2 client 192.0.2.1:40002 server 192.0.2.2:80
  ${handshake}
  +0    -> P. 1:101(100) ack 1
  +.001 <- P. 1:201(200) ack 101
  +0    -> .  101:101(0) ack 201
  ${request}
  connection 2
  +.2   ${packet}
  +.2   ${packet}
  +.4   ${packet}
  +.8   ${packet}
  ${between}
  connection 2
  +1.6  ${packet}
  +3.2  ${packet}
  +.002 <- .  201:201(0) ack 201
  ${lateAnswer}`;
const SLOW_BUT_DOUBTFUL = {
  messageId: "slow",
  evidence: { before: "ack", answer: "answer" },
  confidence: "weak",
} as const;

const heldOnce = {
  messageId: "held",
  evidence: { before: "ack", answer: "answer" },
  data: { worstSeconds: "6.0", times: "once" },
  severity: "note",
  confidence: "weak",
} as const;

testRule(stallServer, {
  invalid: [
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
      name: "an answer that comes seconds late while another connection's segments are in vain: the path, perhaps",
      packets: whileSilent("-> P. 101:201(100) ack 201", ""),
      findings: [SLOW_BUT_DOUBTFUL],
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
      packets: whileSilent("-> P. 101:201(100) ack 201", elsewhere),
      findings: [{ messageId: "slow", evidence: { before: "ack", answer: "answer" }, confidence: "strong" }],
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
  ],

  valid: [
    {
      name: "an answer that the capture lacks: the server's numbers have gone on",
      packets: `
        ${answeredConnection}
        connection 2
        1     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1
        +.001 <- .  2921:2921(0) ack 101
        +10   -> F. 101:101(0) ack 1`,
    },
    {
      name: "an upload, which is no request",
      packets: `
        ${answeredConnection}
        connection 2
        1     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        ${Array.from({ length: 40 }, (_, index) => {
          const first = 1 + index * 1000;
          return `+.3 -> P. ${first}:${first + 1000}(1000) ack 1\n+.001 <- . 1:1(0) ack ${first + 1000}`;
        }).join("\n")}
        +1    -> F. 40001:40001(0) ack 1`,
    },
    {
      name: "a server that closes an idle connection, by TLS's alert and a FIN",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1
        +.001 <- P. 1:201(200) ack 101
        +0    -> P. 101:139(38) ack 201
        +.001 <- .  201:201(0) ack 139
        +20   <- P. 201:232(31) ack 139 // tls alert
        +0    <- F. 232:232(0) ack 139
        +0    -> .  139:139(0) ack 233`,
    },
    {
      name: "a server that closes an idle connection, by a few encrypted octets",
      packets: `${idleTls}
        +6    <- P. 301:374(73) ack 132 // tls data
        +0    -> .  132:132(0) ack 374
        +0    -> P. 132:156(24) ack 374 // tls data
        +0    -> F. 156:156(0) ack 374
        +.001 <- .  374:374(0) ack 157
        +0    <- P. 374:398(24) ack 157 // tls data
        +0    <- F. 398:398(0) ack 157`,
    },
    {
      name: "a server that closes sooner, by an encrypted alert",
      packets: `${idleTls}
        +2    <- P. 301:325(24) ack 132 // tls data
        +0    <- F. 325:325(0) ack 132
        +0    -> .  132:132(0) ack 326`,
    },
    {
      name: "idle keep-alive: the client owes the next request",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1
        +.001 <- P. 1:201(200) ack 101
        +0    -> .  101:101(0) ack 201
        +30   -> P. 101:201(100) ack 201
        +.001 <- P. 201:401(200) ack 201
        +0    -> .  201:201(0) ack 401`,
    },
    {
      name: "streaming: the server goes on with its answer after pauses",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1
        +.001 <- P. 1:201(200) ack 101
        +0    -> .  101:101(0) ack 201
        +2    <- P. 201:401(200) ack 101
        +0    -> .  101:101(0) ack 401
        +2    <- P. 401:601(200) ack 101
        +0    -> .  101:101(0) ack 601`,
    },
    {
      name: "server push: the server speaks when it has something to say",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1
        +.001 <- P. 1:11(10) ack 101
        +0    -> .  101:101(0) ack 11
        +9    <- P. 11:61(50) ack 101
        +0    -> .  101:101(0) ack 61
        +3    -> P. 101:121(20) ack 61
        +.001 <- .  61:61(0) ack 121
        +4    <- P. 61:111(50) ack 121
        +0    -> .  121:121(0) ack 111`,
    },
    {
      name: "server push: the first event comes late, as those do that follow",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1
        +.001 <- .  1:1(0) ack 101
        +2.5  <- P. 1:61(60) ack 101
        +0    -> .  101:101(0) ack 61
        +.9   <- P. 61:121(60) ack 101
        +0    -> .  101:101(0) ack 121`,
    },
    {
      name: "server push after an answer that was slow: the client asked for more between them",
      packets: `
        0     -> S  0:0(0) <mss 1460>
        +.001 <- S. 0:0(0) ack 1 <mss 1460>
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1
        +.001 <- .  1:1(0) ack 101
        +2.5  <- P. 1:1461(1460) ack 101
        +0    -> .  101:101(0) ack 1461
        +.1   -> P. 101:201(100) ack 1461
        +.001 <- P. 1461:1561(100) ack 201
        +0    -> .  201:201(0) ack 1561
        +.9   <- P. 1561:1661(100) ack 201
        +0    -> .  201:201(0) ack 1661`,
    },
    {
      name: "a shell whose command takes its time",
      ipVersion: 4,
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:22
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +.001 <- P. 1:41(40) ack 1
        +.001 -> P. 1:37(36) ack 41
        +.001 <- .  41:41(0) ack 37
        +4    <- P. 41:141(100) ack 37
        +0    -> .  37:37(0) ack 141`,
    },
    {
      name: "answers that take as long as round trips do",
      packets: `
        0     -> S  0:0(0)
        +.6   <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1
        +.6   <- .  1:1(0) ack 101
        +1.5  <- P. 1:201(200) ack 101
        +0    -> .  101:101(0) ack 201`,
    },
    {
      name: "a wait below a second on the client's side: the answer may have been lost and come again",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1
        +.001 <- .  1:1(0) ack 101
        +.3   <- P. 1:201(200) ack 101
        +0    -> .  101:101(0) ack 201`,
    },
    {
      name: "a client whose window was closed: the server could not answer",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1 win 0
        +.001 <- .  1:1(0) ack 101
        +3    -> .  101:101(0) ack 1 win 5000
        +.001 <- P. 1:201(200) ack 101`,
    },
    {
      name: "one-way messages that nobody answers",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1
        +.001 <- .  1:1(0) ack 101
        +10   -> P. 101:201(100) ack 1
        +.001 <- .  1:1(0) ack 201
        +10   -> F. 201:201(0) ack 1
        +.001 <- F. 1:1(0) ack 202
        +0    -> .  202:202(0) ack 2`,
    },
    {
      name: "an answer whose acknowledgment was delayed, and a server that closes the idle connection later",
      packets: `${handshake}
        +0    -> P. 1:101(100) ack 1
        +.001 <- P. 1:201(200) ack 101
        +.04  -> .  101:101(0) ack 201
        +10   <- P. 201:238(37) ack 101
        +0    <- F. 238:238(0) ack 101
        +0    -> F. 101:101(0) ack 239
        +0    <- .  239:239(0) ack 102`,
    },
    {
      name: "a server that gives the commands, as a shell does that was opened backwards",
      packets: `${handshake}
        +20   <- P. 1:7(6) ack 1
        +0    -> .  1:1(0) ack 7
        +.01  -> P. 1:601(600) ack 7
        +.001 <- .  7:7(0) ack 601
        +4    <- P. 7:12(5) ack 601
        +0    -> .  601:601(0) ack 12`,
    },
    {
      name: "a peer-to-peer client: many hosts on a port of their own each, of which some are slow",
      packets: Array.from(
        { length: 15 },
        (_, index) => `
        connection ${index + 1} server 192.0.2.${index + 10}:${20000 + index * 7}
        ${index === 0 ? "0" : "+.1"} -> S 0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1
        +.001 <- .  1:1(0) ack 101
        +${index === 3 ? 4 : 0.1} <- P. 1:201(200) ack 101
        +0    -> .  101:101(0) ack 201`,
      ).join(""),
      ipVersion: 4,
    },
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

  it("is less sure where servers of three addresses answer at the same moment", async () => {
    const three = ["10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:443"];
    expect(await verdictsOf(waits(three, [2, 2.01, 2.02]))).to.deep.equal(Array(3).fill("weak, shared"));
    expect(await verdictsOf(waits(three, [2, 2.2, 2.4]))).to.deep.equal(Array(3).fill("strong"));
    const ports = ["10.0.0.2:80", "10.0.0.2:81", "10.0.0.3:82"];
    expect(await verdictsOf(waits(ports, [2, 2.01, 2.02]))).to.deep.equal(Array(3).fill("strong"));
  });
});
