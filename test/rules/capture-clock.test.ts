import { captureClock } from "../../src/rules/capture-clock.js";
import { testRule } from "../support/rule-tester.js";

const requests = (stepSeconds: string) => `
  repeat 30 every ${stepSeconds} {
    +0    -> S  0:0(0)                  @segment
    +.002 <- S. 0:0(0) ack 1
    +.001 -> P. 1:101(100) ack 1
    +.002 <- P. 1:501(500) ack 101
  }`;

testRule(captureClock, {
  invalid: [
    {
      name: "ten segments of one time, as text without times has them",
      packets: `
        0  -> S  0:0(0)                @segment
        +0 <- S. 0:0(0) ack 1
        +0 -> .  1:1(0) ack 1
        +0 -> P. 1:6(5) ack 1
        +0 <- .  1:1(0) ack 6
        +0 <- P. 1:6(5) ack 6
        +0 -> .  6:6(0) ack 6
        +0 -> P. 6:9(3) ack 6
        +0 <- P. 6:9(3) ack 9
        +0 -> .  9:9(0) ack 9`,
      findings: [{ messageId: "stopped", evidence: { segment: "segment" }, data: { segments: 10 } }],
    },
    {
      name: "the clock is set back by 3 s",
      packets: `
        10.0003 -> S  0:0(0)
        10.0104 <- S. 0:0(0) ack 1
        10.0105 -> .  1:1(0) ack 1
        7.0106  -> P. 1:101(100) ack 1  @segment
        7.0207  <- .  1:1(0) ack 101`,
      findings: [
        {
          messageId: "backwards",
          evidence: { segment: "segment" },
          data: { steps: 1, largest: "3.00 s" },
          confidence: "certain",
        },
      ],
    },
    {
      name: "the file of a later connection was joined before that of an earlier one",
      packets: `
        connection 1
        10.0003 -> S  0:0(0)
        10.0104 <- S. 0:0(0) ack 1
        10.0105 -> .  1:1(0) ack 1
        connection 2
        7.0106  -> S  0:0(0)            @segment
        7.0207  <- S. 0:0(0) ack 1
        7.0208  -> .  1:1(0) ack 1`,
      findings: [
        {
          messageId: "joined",
          evidence: { segment: "segment" },
          data: { steps: 1, largest: "3.00 s" },
        },
      ],
    },
    {
      name: "the latest connection stands in front of all others, which have times",
      packets: `
        connection 1
        10.0003 -> S  0:0(0)
        connection 2
        7.0106  -> S  0:0(0)            @segment
        7.0207  <- S. 0:0(0) ack 1
        7.0218  -> .  1:1(0) ack 1
        7.0229  -> P. 1:11(10) ack 1
        7.0333  <- P. 1:11(10) ack 11
        7.0444  -> P. 11:21(10) ack 11
        7.0555  <- P. 11:21(10) ack 21
        7.0666  -> P. 21:31(10) ack 21
        7.0777  <- P. 21:31(10) ack 31
        7.0888  -> .  31:31(0) ack 31`,
      findings: [
        {
          messageId: "joined",
          evidence: { segment: "segment" },
          data: { steps: 1, largest: "2.99 s" },
        },
      ],
    },
    {
      name: "a writer that is 40 ms late",
      packets: `
        1.0003 -> S  0:0(0)
        1.0504 <- S. 0:0(0) ack 1
        1.0105 -> P. 1:101(100) ack 1  @segment
        1.0707 <- .  1:1(0) ack 101`,
      findings: [
        {
          messageId: "disorder",
          evidence: { segment: "segment" },
          data: { steps: 1, largest: "39.90 ms" },
        },
      ],
    },
    {
      name: "two interfaces whose clocks differ by 20 ms",
      packets: `
        0.9801 <- S. 0:0(0) ack 1  @segment
        1.0003 -> S  0:0(0)
        1.0005 -> .  1:1(0) ack 1
        1.0006 -> P. 1:101(100) ack 1`,
      findings: [
        {
          messageId: "answersFirst",
          evidence: { segment: "segment" },
          data: { answers: 1, largest: "20.20 ms" },
        },
      ],
    },
    {
      name: "two interfaces, and that of the answers is 20 ms late",
      packets: `
        1.0001 -> S  0:0(0)
        1.0103 -> .  1:1(0) ack 1
        1.0105 -> P. 1:101(100) ack 1
        1.0303 <- S. 0:0(0) ack 1  @segment
        1.0406 <- .  1:1(0) ack 101`,
      findings: [
        {
          messageId: "answersLate",
          evidence: { segment: "segment" },
          // From the first data: the first acknowledgment came no later.
          data: { answers: 1, largest: "19.80 ms" },
          confidence: "certain",
        },
      ],
    },
    {
      name: "the same by 2 s, in three connections of four",
      packets: `
        repeat 3 every 0.1 {
          +1.0001 -> S  0:0(0)
          +.0103  -> .  1:1(0) ack 1
          +2.0001 <- S. 0:0(0) ack 1  @segment
        }
        connection 9
        +.1   -> S  0:0(0)
        +.011 <- S. 0:0(0) ack 1
        +.001 -> .  1:1(0) ack 1`,
      findings: [
        {
          messageId: "answersLate",
          evidence: { segment: "segment-1" },
          data: { answers: 3, largest: "2.00 s" },
        },
      ],
    },
    {
      name: "a clock of 1 ms",
      packets: requests("0.037"),
      findings: [{ messageId: "coarse", evidence: { segment: "segment-1" }, data: { unitMs: 1 } }],
    },
  ],
  valid: [
    { name: "a clock of 1 us", packets: requests("0.037001") },
    {
      name: "two queues whose frames overtake each other by microseconds",
      packets: `
        1.000300 -> S  0:0(0)
        1.010400 <- S. 0:0(0) ack 1
        1.010395 -> .  1:1(0) ack 1
        1.010500 -> P. 1:101(100) ack 1
        1.010480 <- .  1:1(0) ack 101`,
    },
    {
      name: "a SYN-ACK that is repeated, as its timer has it, and of which the capture missed the first",
      packets: `
        1.0001 -> S  0:0(0)
        1.0103 -> .  1:1(0) ack 1
        2.0303 <- S. 0:0(0) ack 1
        2.0306 -> .  1:1(0) ack 1`,
    },
    {
      name: "a SYN-ACK recorded behind its ACK in one connection of three",
      packets: `
        1.0001 -> S  0:0(0)
        1.0103 -> .  1:1(0) ack 1
        1.0303 <- S. 0:0(0) ack 1
        connection 5
        repeat 2 every 0.1 {
          +.1001 -> S  0:0(0)
          +.0103 <- S. 0:0(0) ack 1
          +.0103 -> .  1:1(0) ack 1
        }`,
    },
    { name: "a long silence", packets: "0 -> P. 1:6(5) ack 1\n86400.00001 <- . 1:1(0) ack 6" },
    {
      name: "few packets with round times",
      others: ["syn-unanswered"],
      packets: "0 -> S 0:0(0)\n1 -> S 0:0(0)\n3 -> S 0:0(0)",
    },
    {
      name: "a simultaneous open",
      packets: `
        0.0001 <- S 0:0(0)
        0.0101 -> S 0:0(0)
        0.0202 <- S. 0:0(0) ack 1
        0.0203 -> S. 0:0(0) ack 1`,
    },
  ],
});
