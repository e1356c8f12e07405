import { captureFiltered } from "../../src/rules/capture-filtered.js";
import { testRule } from "../support/rule-tester.js";

const served = `
    +0    -> S  0:0(0)
    +.01  <- S. 0:0(0) ack 1
    +0    -> .  1:1(0) ack 1
    +.001 -> P. 1:101(100) ack 1
    +.01  <- P. 1:501(500) ack 101
    +.001 -> F. 101:101(0) ack 501
    +.01  <- F. 501:501(0) ack 102
    +.001 -> .  102:102(0) ack 502`;

testRule(captureFiltered, {
  invalid: [
    {
      name: "only what clients say: a filter on the destination",
      packets: `
        repeat 3 every 0.1 {
          +0    -> S  0:0(0)                @first
          +.01  -> .  1:1(0) ack 1
          +.001 -> P. 1:101(100) ack 1
          +.01  -> F. 101:101(0) ack 501
        }`,
      findings: [
        {
          messageId: "oneWay",
          evidence: { first: "first-1" },
          data: { alike: 3, judged: 3 },
          confidence: "strong",
        },
      ],
    },
    {
      name: "only what servers say, in mid-stream",
      packets: `
        repeat 3 every 0.1 {
          +0    <- P. 1:501(500) ack 101    @first
          +.01  <- .  501:1501(1000) ack 101
          +.01  <- .  1501:2501(1000) ack 201
          +.01  <- P. 2501:3001(500) ack 301
        }`,
      findings: [{ messageId: "oneWay", evidence: { first: "first-1" }, data: { alike: 3, judged: 3 } }],
    },
    {
      name: "only SYNs, FINs and RSTs",
      packets: `
        repeat 3 every 0.1 {
          +0    -> S  0:0(0)                @first
          +.01  <- S. 0:0(0) ack 1
          +1    -> F. 101:101(0) ack 501
          +.01  <- F. 501:501(0) ack 102
        }`,
      findings: [{ messageId: "noData", evidence: { first: "first-1" }, data: { alike: 3, judged: 3 } }],
    },
    {
      name: "only data: the well-known filter for HTTP",
      packets: `
        repeat 25 every 0.01 {
          +0    -> P. 1:101(100) ack 1      @first
          +.02  <- P. 1:501(500) ack 101
        }`,
      findings: [{ messageId: "onlyData", evidence: { first: "first-1" }, data: { dataSegments: 50 } }],
    },
  ],
  valid: [
    {
      name: "clients that repeat one segment, and hear nothing: the capture begins while they hang",
      others: ["blackhole-forward"],
      packets: `
        repeat 3 every 0.1 {
          +0   -> P. 1:101(100) ack 1
          +.8  -> P. 1:101(100) ack 1
          +1.6 -> P. 1:101(100) ack 1
          +3.2 -> P. 1:101(100) ack 1
        }`,
    },
    { name: "everything was captured", packets: `repeat 5 every 0.1 {${served}\n}` },
    {
      name: "one connection takes an asymmetric route, the others do not",
      packets: `repeat 5 every 0.1 {${served}\n}
        connection 9
        2     -> S  0:0(0)
        +.01  -> .  1:1(0) ack 1
        +.001 -> P. 1:101(100) ack 1
        +.01  -> F. 101:101(0) ack 501`,
    },
    {
      name: "one connection takes an asymmetric route, attempts that were refused show both directions",
      others: ["syn-refused"],
      packets: `
        repeat 5 every 0.1 {
          +0    -> S  0:0(0)
          +.01  <- R. 0:0(0) ack 1
        }
        connection 9
        2     -> S  0:0(0)
        +.01  -> .  1:1(0) ack 1
        +.001 -> P. 1:101(100) ack 1
        +.01  -> F. 101:101(0) ack 501`,
    },
    {
      name: "a SYN scan that nobody answers",
      packets: "repeat 60 every 0.001 {\n+0 -> S 0:0(0)\n}",
    },
    {
      name: "a SYN scan that is answered by SYN-ACK and ended by RST",
      packets: "repeat 60 every 0.001 {\n+0 -> S 0:0(0)\n+.001 <- S. 0:0(0) ack 1\n+0 -> R 1:1(0)\n}",
    },
    {
      name: "stray SYN-ACKs and RSTs, answers to somebody who forged addresses",
      packets: "repeat 30 every 0.001 {\n+0 <- S. 0:0(0) ack 1\n+.5 <- S. 0:0(0) ack 1\n+.5 <- R 1:1(0)\n}",
    },
    {
      name: "connections that carry nothing",
      packets: `
        repeat 12 every 2 {
          +0    -> S  0:0(0)
          +.01  <- S. 0:0(0) ack 1
          +0    -> .  1:1(0) ack 1
          +.001 -> F. 1:1(0) ack 1
          +.01  <- F. 1:1(0) ack 2
          +.001 -> .  2:2(0) ack 2
        }`,
    },
    {
      name: "an excerpt of three packets",
      packets: "0 -> P. 1:6(5) ack 1\n1 -> P. 6:11(5) ack 9\n2 -> P. 11:16(5) ack 20",
    },
    {
      name: "an idle connection with keepalives",
      packets: `0 -> P. 1:6(5) ack 1
        repeat 1 every 1 {
          +.1 <- . 1:1(0) ack 6
        }
        75 -> . 5:5(0) ack 1
        75.1 <- . 1:1(0) ack 6
        150 -> . 5:5(0) ack 1
        150.1 <- . 1:1(0) ack 6`,
    },
  ],
});
