import type { AcceptedCase } from "../rule-tester.js";
import { answeredConnection, handshake, idleTls, publishing } from "./scripts.js";

/** Waits that are no server's. */
export const accepted: readonly AcceptedCase[] = [
  ...[
    ["sent again, and never acknowledged", "+.2 -> F. 101:101(0) ack 1"],
    ["answered by a RST", "+.001 <- R 1:1(0)"],
  ].map(([ending, packet]) => ({
    name: `a request without an answer on a connection whose FIN is ${ending}: it is gone, or cut off`,
    packets: `
      ${answeredConnection}
      connection 2
      1     -> S  0:0(0)
      +.001 <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +0    -> P. 1:101(100) ack 1
      +.001 <- .  1:1(0) ack 101
      +10   -> F. 101:101(0) ack 1
      ${packet}`,
  })),
  {
    name: "a wait of 0.1 s in which the capture's clock was set forward by 30 s",
    packets: `
      0     -> S  0:0(0) <TS val 1000 ecr 0>
      +.01  <- S. 0:0(0) ack 1 <TS val 5010 ecr 1000>
      +.6   -> P. 1:101(100) ack 1 <TS val 1610 ecr 5010>
      +.01  <- .  1:1(0) ack 101 <TS val 5620 ecr 1610>
      +30.1 <- P. 1:201(200) ack 101 <TS val 5720 ecr 1610>
      +.01  -> .  101:101(0) ack 201 <TS val 1730 ecr 5720>
      +.4   -> P. 101:201(100) ack 201 <TS val 2130 ecr 5720>
      +.01  <- P. 201:401(200) ack 201 <TS val 6140 ecr 2130>
      +.4   -> F. 201:201(0) ack 401 <TS val 2540 ecr 6140>`,
  },
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
    name: "a client that publishes, and a server's heartbeat that answers nothing",
    packets: publishing(4, "1.2"),
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
];
