import { blackholeReverse } from "../../src/rules/blackhole-reverse.js";
import { answered, opened, repeated } from "../support/outage-scripts.js";
import { testRule } from "../support/rule-tester.js";

const PUSH = "<- P. 101:201(100) ack 5";
const ACK = "-> . 5:5(0) ack 201";

/** Repeated though something in the server's name acknowledges it, whose SYN-ACK has `options` and took 4 ms. */
function unheard(connection: number, options: string): string {
  return `
    connection ${connection} client 192.0.2.1:${40_000 + connection} server 192.0.2.7:80
    0      -> S  0:0(0) <mss 1460,sackOK,wscale 6>
    +.004  <- S. 0:0(0) ack 1 ${options}
    +.001  -> .  1:1(0) ack 1
    +.001  -> P. 1:101(100) ack 1
    +.0004 <- .  1:1(0) ack 101
    +.1    <- P. 1:201(200) ack 101
    +.05   -> .  101:101(0) ack 201
    +1     -> P. 101:201(100) ack 201
    +.0004 <- .  201:201(0) ack 201
    +1     -> P. 101:201(100) ack 201 @first-${connection}
    +.0004 <- .  201:201(0) ack 201
    +3     -> P. 101:201(100) ack 201
    +.0004 <- .  201:201(0) ack 201
    +7     -> P. 101:201(100) ack 201 @last-${connection}
    +.0004 <- .  201:201(0) ack 201
    +1     -> P. 201:301(100) ack 201
    +.0004 <- .  201:201(0) ack 301`;
}

/** Twelve octets and the FIN, again and again, though `acked` is acknowledged each time; `before` comes before them. */
const closing = (before: string, acked: number) => `
  0     -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +.001 -> .  1:1(0) ack 1
  +.1   -> P. 1:13(12) ack 1
  +.001 <- P. 1:22(21) ack 13
  +.001 -> .  13:13(0) ack 22
  ${before}
  +.5   -> FP. 13:25(12) ack 22
  +.001 <- .  22:22(0) ack ${acked}
  +.3   -> FP. 13:25(12) ack 22 @first
  +.001 <- .  22:22(0) ack ${acked}
  +.6   -> FP. 13:25(12) ack 22
  +.001 <- .  22:22(0) ack ${acked}
  +1.2  -> FP. 13:25(12) ack 22
  +.001 <- .  22:22(0) ack ${acked}
  +3    -> FP. 13:25(12) ack 22 @last
  +.001 <- .  22:22(0) ack ${acked}`;

/** Four seconds of one connection. */
const shorter = closing("", 26).replace("+3 ", "+1.9 ");

testRule(blackholeReverse, {
  invalid: [
    {
      name: "acknowledgments of the last octets and of the FIN",
      packets: closing("", 26),
      findings: [{ messageId: "unheard", evidence: { first: "first", last: "last" }, data: { repeats: 4 } }],
    },
    {
      name: "acknowledgments that do not arrive, of two connections",
      packets: `${opened(2, "192.0.2.7:80", "<-")}
        ${repeated(2, PUSH, [1], ACK)}
        ${repeated(2, `${PUSH} @first`, [0.21], ACK)}
        ${repeated(2, PUSH, [0.42, 0.84], ACK)}
        ${answered(9)}
        ${repeated(2, `${PUSH} @last`, [1.7], ACK)}
        ${repeated(2, "<- P. 201:301(100) ack 5", [1], "-> . 5:5(0) ack 301")}`,
      findings: [
        {
          messageId: "unheard",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
          data: { repeats: 4, ending: "all recovered" },
        },
      ],
    },
    {
      name: "a proxy near the client, whose SYN-ACK has no option though the SYN offered some: less sure",
      packets: unheard(1, ""),
      findings: [
        {
          messageId: "unheard",
          evidence: { first: "first-1", last: "last-1" },
          severity: "warning",
          confidence: "weak",
        },
      ],
    },
    {
      name: "a server beside such a proxy",
      packets: `${unheard(1, "<mss 1460>")}
        ${unheard(2, "")}`,
      findings: [
        {
          messageId: "unheard",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
        },
      ],
    },
  ],
  valid: [
    {
      name: "what is sent to the repeating host is answered each time and not accepted: it arrives, and is refused",
      packets: `
        0    -> S  0:0(0)         <TS val 7000 ecr 0>
        +.01 <- S. 0:0(0) ack 1   <TS val 500 ecr 7000>
        +.01 -> .  1:1(0) ack 1   <TS val 7020 ecr 500>
        +.01 -> P. 1:10(9) ack 1  <TS val 7030 ecr 500>
        +0   <- P. 1:101(100) ack 10 <TS val 530 ecr 7030>
        +.01 -> .  10:10(0) ack 1 <TS val 7040 ecr 500>
        ${[1, 2, 3, 4]
          .map((n) => {
            const [theirs, own] = [7040 + 2000 * n, 540 + 2000 * n];
            return `
        +1.9 -> P. 1:10(9) ack 1  <TS val ${theirs - 100} ecr 500>
        +0   <- .  101:101(0) ack 10 <sack 1:10,TS val ${own - 100} ecr ${theirs - 100}>
        +.1  <- P. 1:101(100) ack 10 <TS val ${own} ecr ${theirs - 100}>
        +0   -> .  10:10(0) ack 1 <TS val ${theirs} ecr 500>`;
          })
          .join("")}`,
      others: ["paws-rejected"],
    },
    {
      name: "octets that somebody else sent in a side's name: it ignores acknowledgments of what it has not sent",
      packets: closing("+.5 -> P. 13:30(17) ack 22", 30),
    },
    {
      name: "a few acknowledgments that are lost within a second, before a long idle time",
      packets: `${opened(1, "192.0.2.7:80", "<-")}
        ${repeated(1, PUSH, [1], ACK)}
        ${repeated(1, PUSH, [0.1, 0.2, 0.4], ACK)}
        ${repeated(1, "<- P. 201:301(100) ack 5", [20], "-> . 5:5(0) ack 301")}`,
    },
    {
      name: "holes that are filled in a connection that began before the capture",
      packets: `
        connection 1 client 192.0.2.1:40001 server 192.0.2.7:80
        0    <- P. 3001:3101(100) ack 1
        +.01 -> .  1:1(0) ack 1 <sack 3001:3101>
        +.5  <- P. 1:101(100) ack 1
        +.01 -> .  1:1(0) ack 501
        +.5  <- P. 501:601(100) ack 1
        +.01 -> .  1:1(0) ack 901
        +.6  <- P. 901:1001(100) ack 1
        +.01 -> .  1:1(0) ack 1501
        +.7  <- P. 1501:1601(100) ack 1
        +.01 -> .  1:1(0) ack 3101
        +9   <- P. 3101:3201(100) ack 1`,
    },
    { name: "acknowledgments of one connection that do not arrive for four seconds", packets: shorter },
    {
      name: "an acknowledgment that is lost once",
      packets: `${opened(1, "192.0.2.7:80", "<-")}
        ${repeated(1, PUSH, [1, 0.2], ACK)}
        ${repeated(1, "<- P. 201:301(100) ack 5", [1], "-> . 5:5(0) ack 301")}`,
    },
    {
      name: "one lost acknowledgment after the other, with data that goes on",
      packets: `${opened(1, "192.0.2.7:80", "<-")}
        ${repeated(1, PUSH, [1, 0.3], ACK)}
        ${repeated(1, "<- P. 201:301(100) ack 5", [1, 0.3], "-> . 5:5(0) ack 301")}
        ${repeated(1, "<- P. 301:401(100) ack 5", [1, 0.3], "-> . 5:5(0) ack 401")}
        ${repeated(1, "<- P. 401:501(100) ack 5", [1], "-> . 5:5(0) ack 501")}`,
    },
    {
      name: "each segment of a long stretch once again, as where two recordings of a connection are joined",
      packets: `${opened(1, "192.0.2.7:80", "<-")}
        +1 <- P. 101:2101(2000) ack 5
        +0 -> .  5:5(0) ack 2101
        ${Array.from({ length: 20 }, (_, index) => {
          const [first, end] = [101 + index * 100, 201 + index * 100];
          return `+.3 <- P. ${first}:${end}(100) ack 5\n+0 -> . 5:5(0) ack 2101`;
        }).join("\n")}
        +1 <- P. 2101:2201(100) ack 5
        +0 -> .  5:5(0) ack 2201`,
    },
    {
      name: "a connection that is played back again and again",
      packets: Array.from(
        { length: 6 },
        (_, index) => `
        ${index * 20} -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1
        +1   -> P. 1:24(23) ack 1
        +.2  <- .  1:1(0) ack 24
        +1   -> P. 24:30(6) ack 1
        +.01 <- P. 1:201(200) ack 30
        +0   <- F. 201:201(0) ack 30
        +0   -> .  30:30(0) ack 202
        +0   -> F. 30:30(0) ack 202
        +.01 <- .  202:202(0) ack 31`,
      ).join(""),
    },
    {
      name: "a FIN that is repeated alone",
      packets: `${opened(1, "192.0.2.7:80", "<-")}
        ${repeated(1, "<- F. 101:101(0) ack 5", [1, 0.2, 0.4, 0.8, 1.6], "-> . 5:5(0) ack 102")}`,
    },
  ],
});
