import { pawsRejected } from "../../src/rules/paws-rejected.js";
import { testRule } from "../support/rule-tester.js";

const WITHOUT_MARKS = /@\w+/g;
const EVIDENCE = { first: "first", answer: "answer", last: "last" };

const opened = `
  0    -> S  0:0(0)       <mss 1460,sackOK,TS val 7000 ecr 0>
  +.01 <- S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 500 ecr 7000>
  +.01 -> .  1:1(0) ack 1 <TS val 7020 ecr 500>`;
/** The server acknowledges a first request, and so has accepted a timestamp of 7100. */
const asked = `
  +.08 -> P. 1:11(10) ack 1   <TS val 7100 ecr 500>
  +.01 <- P. 1:21(20) ack 11  <TS val 600 ecr 7100>
  +.01 -> .  11:11(0) ack 21  <TS val 7120 ecr 600>`;
/** The client's second request, and its repetitions, with TSvals from `tsval` on; each draws an ACK that echoes `echo`. */
const refused = (tsval: number, echo = 7120): string => `
  +.1  -> P. 11:21(10) ack 21 <TS val ${tsval} ecr 600>
  +.01 <- .  21:21(0) ack 11  <TS val 710 ecr ${echo}>
  +.2  -> P. 11:21(10) ack 21 <TS val ${tsval + 210} ecr 600>  @first
  +.01 <- .  21:21(0) ack 11  <TS val 920 ecr ${echo}> @answer
  +.4  -> P. 11:21(10) ack 21 <TS val ${tsval + 620} ecr 920>
  +.01 <- .  21:21(0) ack 11  <TS val 1330 ecr ${echo}>
  +.8  -> P. 11:21(10) ack 21 <TS val ${tsval + 1430} ecr 1330> @last
  +.01 <- .  21:21(0) ack 11  <TS val 2140 ecr ${echo}>`;
const accepted = (tsval: number): string => `
  +1.6 -> P. 11:21(10) ack 21 <TS val ${tsval} ecr 2140>
  +.01 <- P. 21:41(20) ack 21 <TS val 3750 ecr ${tsval}>
  +.01 -> .  21:21(0) ack 41  <TS val ${tsval + 20} ecr 3750>`;

testRule(pawsRejected, {
  invalid: [
    {
      name: "a client whose timestamps were set back, until they were set right",
      packets: `${opened}${asked}${refused(2000)}${accepted(10_270)}`,
      findings: [
        {
          messageId: "older",
          severity: "error",
          confidence: "strong",
          evidence: EVIDENCE,
          data: {
            side: "client",
            peer: "server",
            hitFlows: 1,
            listenerFlows: 1,
            times: "3 times",
            worstSeconds: "2.8",
            tsval: 2210,
            echo: 7120,
          },
        },
      ],
    },
    {
      name: "the same, never set right: until the last that was refused",
      packets: `${opened}${asked}${refused(2000)}`,
      findings: [
        {
          messageId: "older",
          confidence: "strong",
          evidence: EVIDENCE,
          data: { count: 3, worstSeconds: "1.2" },
        },
      ],
    },
    {
      name: "from the first segment behind the SYN on",
      packets: `
        0    -> S  0:0(0)       <TS val 7000 ecr 0>
        +.01 <- S. 0:0(0) ack 1 <TS val 500 ecr 7000>
        +.01 -> .  1:1(0) ack 1 <TS val 2020 ecr 500>
        +0   <- .  1:1(0) ack 1 <TS val 510 ecr 7000>
        +0   -> P. 1:10(9) ack 1 <TS val 2020 ecr 500>
        +0   <- .  1:1(0) ack 1 <TS val 510 ecr 7000>
        +.2  -> P. 1:10(9) ack 1 <TS val 2220 ecr 500>  @first
        +0   <- .  1:1(0) ack 1 <TS val 710 ecr 7000>   @answer
        +.4  -> P. 1:10(9) ack 1 <TS val 2620 ecr 710>
        +0   <- .  1:1(0) ack 1 <TS val 1110 ecr 7000>
        +.4  <- S. 0:0(0) ack 1 <TS val 1510 ecr 7000>
        +.01 -> .  10:10(0) ack 1 <TS val 3030 ecr 1110>
        +0   <- .  1:1(0) ack 1 <TS val 1520 ecr 7000>
        +.4  -> P. 1:10(9) ack 1 <TS val 3430 ecr 1520> @last
        +0   <- .  1:1(0) ack 1 <TS val 1920 ecr 7000>`,
      findings: [{ messageId: "older", confidence: "strong", evidence: EVIDENCE, data: { count: 3 } }],
    },
    {
      name: "timestamps that wrap are compared modulo 2^32",
      packets: `${opened}${asked}`
        .replaceAll(/(val|ecr) 7(\d\d\d)/g, (_, word: string, value: string) => {
          return `${word} ${(Number(value) - 50) >>> 0}`;
        })
        .concat(refused(4_294_960_000, 70)),
      findings: [{ messageId: "older", confidence: "strong", evidence: EVIDENCE, data: { echo: 70 } }],
    },
    {
      name: "a clock that nobody saw was accepted, and all of the client's own is behind it",
      packets: `${opened}${asked}${refused(7200, 900_000_000)}`,
      findings: [
        {
          messageId: "older",
          confidence: "strong",
          evidence: EVIDENCE,
          data: { tsval: 7410, echo: 900_000_000 },
        },
      ],
    },
    {
      name: "the same in a connection whose beginning the capture lacks, as a warning: the echo may not be comparable",
      packets: refused(7200, 900_000_000),
      findings: [{ messageId: "older", severity: "warning", confidence: "weak", evidence: EVIDENCE }],
    },
    {
      name: "without the beginning, but accepted as soon as the timestamp is no longer behind",
      packets: `${refused(2000)}${accepted(10_270)}`,
      findings: [{ messageId: "older", severity: "error", confidence: "strong", evidence: EVIDENCE }],
    },
    {
      name: "a repetition that is answered twice counts once, and so does one that a timer sends along",
      packets: `${opened}${asked}${refused(2000)}
        +.001 <- .  21:21(0) ack 11  <TS val 2141 ecr 7120>
        +.001 -> P. 11:21(10) ack 21 <TS val 3432 ecr 1330>
        +.01  <- .  21:21(0) ack 11  <TS val 2150 ecr 7120>`,
      findings: [{ messageId: "older", evidence: EVIDENCE, data: { count: 3 } }],
    },
    {
      name: "before the device that sets them back: the ACKs echo nothing of what they answer, as a warning",
      packets: `${opened}${asked}${refused(7200)}${accepted(10_270)}`,
      findings: [
        {
          messageId: "unechoed",
          severity: "warning",
          confidence: "weak",
          evidence: EVIDENCE,
          data: { tsval: 7410, echo: 7120, count: 3 },
        },
      ],
    },
    {
      name: "the same, also where a SYN-ACK that is repeated draws an ACK in between",
      packets: `
        0    -> S  0:0(0)       <TS val 7000 ecr 0>
        +.01 <- S. 0:0(0) ack 1 <TS val 500 ecr 7000>
        +.01 -> .  1:1(0) ack 1 <TS val 7020 ecr 500>
        +0   -> P. 1:10(9) ack 1 <TS val 7020 ecr 500>
        +.01 <- .  1:1(0) ack 1 <TS val 520 ecr 7000>
        +.2  -> P. 1:10(9) ack 1 <TS val 7230 ecr 500>  @first
        +.01 <- .  1:1(0) ack 1 <TS val 730 ecr 7000>   @answer
        +.4  -> P. 1:10(9) ack 1 <TS val 7640 ecr 730>
        +.01 <- .  1:1(0) ack 1 <TS val 1140 ecr 7000>
        +.39 -> P. 1:10(9) ack 1 <TS val 8030 ecr 1140>
        +.001 <- S. 0:0(0) ack 1 <TS val 1530 ecr 7000>
        +0   -> .  10:10(0) ack 1 <TS val 8031 ecr 1140>
        +.01 <- .  1:1(0) ack 1 <TS val 1540 ecr 7000>
        +.01 <- .  1:1(0) ack 1 <TS val 1550 ecr 7000>
        +.8  -> P. 1:10(9) ack 1 <TS val 8850 ecr 1550> @last
        +.01 <- .  1:1(0) ack 1 <TS val 2360 ecr 7000>`,
      findings: [
        {
          messageId: "unechoed",
          severity: "warning",
          confidence: "weak",
          evidence: EVIDENCE,
          data: { count: 3 },
        },
      ],
    },
    {
      name: "what a server sends, on two connections, and the client's other connection goes on",
      packets: `
        repeat 2 every .01 {
        +0   -> S  0:0(0)       <TS val 7000 ecr 0>
        +.01 <- S. 0:0(0) ack 1 <TS val 9500 ecr 7000>
        +.01 -> .  1:1(0) ack 1 <TS val 7020 ecr 9500>
        +.01 -> P. 1:10(9) ack 1 <TS val 7030 ecr 9500>
        +0   <- P. 1:101(100) ack 10 <TS val 1520 ecr 7030>
        +.01 -> .  10:10(0) ack 1 <TS val 7040 ecr 9500>
        +.3  <- P. 1:101(100) ack 10 <TS val 1830 ecr 7030>  @first
        +.01 -> .  10:10(0) ack 1 <TS val 7350 ecr 9500>     @answer
        +.6  <- P. 1:101(100) ack 10 <TS val 2440 ecr 7030>
        +.01 -> .  10:10(0) ack 1 <TS val 7960 ecr 9500>
        +1.2 <- P. 1:101(100) ack 10 <TS val 3650 ecr 7030>  @last
        +.01 -> .  10:10(0) ack 1 <TS val 9170 ecr 9500>
        }
        connection 3
        +0   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1
        +.01 -> P. 1:10(9) ack 1
        +.01 <- P. 1:101(100) ack 10
        +.01 -> .  10:10(0) ack 101`,
      findings: [
        {
          messageId: "older",
          flows: 2,
          evidence: { first: "first-1", answer: "answer-1", last: "last-1" },
          data: { side: "server", peer: "client", hitFlows: 2, listenerFlows: 3, times: "6 times" },
        },
      ],
    },
    {
      name: "acknowledgments that are refused, so that what they acknowledge is sent again and again",
      packets: `${opened.replaceAll(" 500", " 5000")}
        +.08 -> P. 1:11(10) ack 1   <TS val 7100 ecr 5000>
        +.01 <- .  1:1(0) ack 11    <TS val 100 ecr 7100>
        +.2  -> P. 1:11(10) ack 1   <TS val 7310 ecr 5000> @first
        +.01 <- .  1:1(0) ack 11    <sack 1:11,TS val 310 ecr 7310> @answer
        +.4  -> P. 1:11(10) ack 1   <TS val 7720 ecr 5000>
        +.01 <- .  1:1(0) ack 11    <sack 1:11,TS val 720 ecr 7720>
        +.8  -> P. 1:11(10) ack 1   <TS val 8530 ecr 5000> @last
        +.01 <- .  1:1(0) ack 11    <sack 1:11,TS val 1530 ecr 8530>`,
      findings: [
        {
          messageId: "acks",
          severity: "error",
          confidence: "strong",
          evidence: EVIDENCE,
          data: { side: "client", peer: "server", tsval: 310, echo: 5000, count: 3 },
        },
      ],
    },
    {
      name: "both: what is refused outright is told",
      packets: `
        0    -> S  0:0(0)       <TS val 7000 ecr 0>
        +.01 <- S. 0:0(0) ack 1 <TS val 9500 ecr 7000>
        +.01 -> .  1:1(0) ack 1 <TS val 7020 ecr 9500>
        +.01 -> P. 1:10(9) ack 1 <TS val 7030 ecr 9500>
        +0   <- P. 1:101(100) ack 10 <TS val 1520 ecr 7030>
        +.01 -> .  10:10(0) ack 1 <TS val 7040 ecr 9500>
        +.3  -> P. 1:10(9) ack 1 <TS val 7340 ecr 9500>
        +0   <- .  101:101(0) ack 10 <sack 1:10,TS val 1830 ecr 7340>
        +.01 <- P. 1:101(100) ack 10 <TS val 1840 ecr 7340>  @first
        +.01 -> .  10:10(0) ack 1 <TS val 7360 ecr 9500>     @answer
        +.6  -> P. 1:10(9) ack 1 <TS val 7960 ecr 9500>
        +0   <- .  101:101(0) ack 10 <sack 1:10,TS val 2450 ecr 7960>
        +.01 <- P. 1:101(100) ack 10 <TS val 2460 ecr 7960>
        +.01 -> .  10:10(0) ack 1 <TS val 7980 ecr 9500>
        +1.2 -> P. 1:10(9) ack 1 <TS val 9180 ecr 9500>
        +0   <- .  101:101(0) ack 10 <sack 1:10,TS val 3670 ecr 9180>
        +.01 <- P. 1:101(100) ack 10 <TS val 3680 ecr 9180>  @last
        +.01 -> .  10:10(0) ack 1 <TS val 9200 ecr 9500>`,
      findings: [{ messageId: "older", evidence: EVIDENCE, data: { side: "server" } }],
    },
  ],

  valid: [
    {
      name: "two refusals only",
      packets:
        `${opened}${asked}${refused(2000).split("\n").slice(0, 7).join("\n")}${accepted(10_270)}`.replaceAll(
          WITHOUT_MARKS,
          "",
        ),
    },
    {
      name: "repetitions that are lost, and one that is accepted at last",
      packets: `${opened}${asked}
        +.1  -> P. 11:21(10) ack 21 <TS val 7220 ecr 600>
        +.2  -> P. 11:21(10) ack 21 <TS val 7420 ecr 600>
        +.4  -> P. 11:21(10) ack 21 <TS val 7820 ecr 600>
        +.8  -> P. 11:21(10) ack 21 <TS val 8620 ecr 600>
        +.01 <- P. 21:41(20) ack 21 <TS val 2130 ecr 8620>`,
    },
    {
      name: "late answers to what was sent before the repetition, beyond a hole: they echo what came before",
      packets: `${opened}${asked}
        +.1  -> . 11:111(100) ack 21 <TS val 7220 ecr 600>
        +0   -> . 111:211(100) ack 21 <TS val 7220 ecr 600>
        +0   -> . 211:311(100) ack 21 <TS val 7220 ecr 600>
        +0   -> . 311:411(100) ack 21 <TS val 7220 ecr 600>
        +0   -> . 411:511(100) ack 21 <TS val 7220 ecr 600>
        +.01 <- . 21:21(0) ack 11 <sack 111:211,TS val 710 ecr 7120>
        +.2  -> . 11:111(100) ack 21 <TS val 7430 ecr 710>
        +.01 <- . 21:21(0) ack 11 <sack 111:311,TS val 730 ecr 7120>
        +.2  -> . 11:111(100) ack 21 <TS val 7640 ecr 730>
        +.01 <- . 21:21(0) ack 11 <sack 111:411,TS val 750 ecr 7120>
        +.2  -> . 11:111(100) ack 21 <TS val 7850 ecr 750>
        +.01 <- . 21:21(0) ack 11 <sack 111:511,TS val 770 ecr 7120>
        +.2  -> . 11:111(100) ack 21 <TS val 8060 ecr 770>
        +.01 <- . 21:21(0) ack 511 <TS val 1590 ecr 8060>`,
      others: ["loss-rate-high"],
    },
    {
      name: "a hole, without SACK: the ACKs are drawn by what was sent since, and echo what came before",
      packets: `${opened.replaceAll("sackOK,", "")}${asked}
        +.1  -> . 11:111(100) ack 21 <TS val 7220 ecr 600>
        +0   -> . 111:211(100) ack 21 <TS val 7220 ecr 600>
        +.01 <- . 21:21(0) ack 11 <TS val 710 ecr 7120>
        +.2  -> . 11:111(100) ack 21 <TS val 7430 ecr 710>
        +.01 -> . 211:311(100) ack 21 <TS val 7440 ecr 710>
        +.01 <- . 21:21(0) ack 11 <TS val 930 ecr 7120>
        +.2  -> . 11:111(100) ack 21 <TS val 7650 ecr 930>
        +.01 -> . 311:411(100) ack 21 <TS val 7660 ecr 930>
        +.01 <- . 21:21(0) ack 11 <TS val 1150 ecr 7120>
        +.2  -> . 11:111(100) ack 21 <TS val 7870 ecr 1150>
        +.01 -> . 411:511(100) ack 21 <TS val 7880 ecr 1150>
        +.01 <- . 21:21(0) ack 11 <TS val 1370 ecr 7120>
        +.2  -> . 11:111(100) ack 21 <TS val 8090 ecr 1370>
        +.01 <- . 21:21(0) ack 511 <TS val 1590 ecr 8090>`,
      others: ["loss-rate-high"],
    },
    {
      name: "a receiver without room for what is sent again",
      packets: `${opened}${asked}${refused(7200).replaceAll("ack 11 ", "ack 11 win 5 ")}`.replaceAll(
        WITHOUT_MARKS,
        "",
      ),
    },
    {
      name: "a receiver that accepts and drops by itself, for lack of memory: it echoes what it got",
      packets: `${opened}${asked}
        +.1  -> P. 11:21(10) ack 21 <TS val 7220 ecr 600>
        +.01 <- .  21:21(0) ack 11  <TS val 710 ecr 7220>
        +.2  -> P. 11:21(10) ack 21 <TS val 7430 ecr 600>
        +.01 <- .  21:21(0) ack 11  <TS val 920 ecr 7430>
        +.4  -> P. 11:21(10) ack 21 <TS val 7840 ecr 920>
        +.01 <- .  21:21(0) ack 11  <TS val 1330 ecr 7840>
        +.8  -> P. 11:21(10) ack 21 <TS val 8650 ecr 1330>
        +.01 <- .  21:21(0) ack 11  <TS val 2140 ecr 8650>`,
    },
    {
      name: "keepalives whose answers' timestamps go back: nothing waits for these",
      packets: `${opened}${asked}
        +10  -> .  10:11(1) ack 21 <TS val 17120 ecr 600>
        +.01 <- .  21:21(0) ack 11 <TS val 100 ecr 7120>
        +10  -> .  10:11(1) ack 21 <TS val 27130 ecr 600>
        +.01 <- .  21:21(0) ack 11 <TS val 110 ecr 7120>
        +10  -> .  10:11(1) ack 21 <TS val 37140 ecr 600>
        +.01 <- .  21:21(0) ack 11 <TS val 120 ecr 7120>
        +10  -> .  10:11(1) ack 21 <TS val 47150 ecr 600>
        +.01 <- .  21:21(0) ack 11 <TS val 130 ecr 7120>`,
    },
    {
      name: "packets that the network doubled, or that come late: their timestamps are old",
      packets: `${opened}${asked}
        +.1  -> P. 11:21(10) ack 21 <TS val 7220 ecr 600>
        +.01 <- .  21:21(0) ack 21  <TS val 710 ecr 7220>
        +.1  -> P. 21:31(10) ack 21 <TS val 7320 ecr 710>
        +.01 <- .  21:21(0) ack 31  <TS val 810 ecr 7320>
        +.1  -> P. 11:21(10) ack 21 <TS val 7220 ecr 600>
        +0   <- .  21:21(0) ack 31  <sack 11:21,TS val 910 ecr 7320>
        +.1  -> P. 11:21(10) ack 21 <TS val 7220 ecr 600>
        +0   <- .  21:21(0) ack 31  <sack 11:21,TS val 1010 ecr 7320>
        +.1  -> P. 11:21(10) ack 21 <TS val 7220 ecr 600>
        +0   <- .  21:21(0) ack 31  <sack 11:21,TS val 1110 ecr 7320>`,
    },
    {
      name: "acknowledgments that are lost: they would have been accepted",
      packets: `${opened}
        +.08 -> P. 1:11(10) ack 1   <TS val 7100 ecr 500>
        +.01 <- .  1:1(0) ack 11    <TS val 590 ecr 7100>
        +.2  -> P. 1:11(10) ack 1   <TS val 7310 ecr 500>
        +.01 <- .  1:1(0) ack 11    <sack 1:11,TS val 800 ecr 7310>
        +.4  -> P. 1:11(10) ack 1   <TS val 7720 ecr 500>
        +.01 <- .  1:1(0) ack 11    <sack 1:11,TS val 1210 ecr 7720>
        +.8  -> P. 1:11(10) ack 1   <TS val 8530 ecr 500>
        +.01 <- .  1:1(0) ack 11    <sack 1:11,TS val 2020 ecr 8530>
        +.8  -> P. 11:21(10) ack 1  <TS val 9340 ecr 2020>
        +.01 <- .  1:1(0) ack 21    <TS val 2830 ecr 9340>`,
    },
    {
      name: "no timestamps at all",
      packets: `${opened}${asked}${refused(2000)}`
        .replaceAll(/,?TS val \d+ ecr \d+/g, "")
        .replaceAll("<>", "")
        .replaceAll(WITHOUT_MARKS, ""),
    },
    {
      name: "a host that echoes 0",
      packets: `${opened}${asked}${refused(2000, 0)}`.replaceAll(WITHOUT_MARKS, ""),
    },
    {
      name: "a tuple that is used again, with a clock that is behind the one before",
      packets: `${opened}${asked}
        +.1  -> F. 11:11(0) ack 21 <TS val 7220 ecr 600>
        +.01 <- F. 21:21(0) ack 12 <TS val 710 ecr 7220>
        +.01 -> .  12:12(0) ack 22 <TS val 7240 ecr 710>
        +70  -> S  900000:900000(0) <mss 1460,sackOK,TS val 100 ecr 0>
        +.01 <- S. 900000:900000(0) ack 900001 <mss 1460,sackOK,TS val 70710 ecr 100>
        +.01 -> .  900001:900001(0) ack 900001 <TS val 120 ecr 70710>
        +.01 -> P. 900001:900011(10) ack 900001 <TS val 130 ecr 70710>
        +.3  -> P. 900001:900011(10) ack 900001 <TS val 430 ecr 70710>
        +.6  -> P. 900001:900011(10) ack 900001 <TS val 1030 ecr 70710>
        +.01 <- .  900001:900001(0) ack 900011 <TS val 71650 ecr 1030>`,
      others: ["handshake-ack-dropped"],
    },
  ],
});
