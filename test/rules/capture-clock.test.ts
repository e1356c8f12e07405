import { captureClock } from "../../src/rules/capture-clock.js";
import { testRule } from "../support/rule-tester.js";

const requests = (stepSeconds: string) => `
  repeat 30 every ${stepSeconds} {
    +0    -> S  0:0(0)                  @segment
    +.002 <- S. 0:0(0) ack 1
    +.001 -> P. 1:101(100) ack 1
    +.002 <- P. 1:501(500) ack 101
  }`;

/**
 * Requests over connections whose ends have clocks of 1 kHz, each step in all of them before the next one. In a silence of
 * `seconds` before the third request the ends of each connection count so many milliseconds, [client, server].
 */
const silent = (seconds: number, ...counted: [number, number][]): string => {
  const steps = (client: number, server: number): string[] => [
    "S  0:0(0) <TS val 1000 ecr 0>",
    "S. 0:0(0) ack 1 <TS val 5010 ecr 1000>",
    ".  1:1(0) ack 1 <TS val 1020 ecr 5010>",
    "P. 1:101(100) ack 1 <TS val 1620 ecr 5010>",
    "P. 1:501(500) ack 101 <TS val 5630 ecr 1620>",
    `P. 101:201(100) ack 501 <TS val ${1630 + client} ecr 5630>`,
    `P. 501:1001(500) ack 201 <TS val ${5640 + server} ecr ${1630 + client}>`,
    `P. 201:301(100) ack 1001 <TS val ${2040 + client} ecr ${5640 + server}>`,
    `P. 1001:1501(500) ack 301 <TS val ${6050 + server} ecr ${2040 + client}>`,
    `F. 301:301(0) ack 1501 <TS val ${2450 + client} ecr ${6050 + server}>`,
  ];
  const waits = [
    "0 ->",
    "+.01 <-",
    "+.01 ->",
    "+.6 ->",
    "+.01 <-",
    `+${seconds} ->`,
    "+.01 <-",
    "+.4 ->",
    "+.01 <-",
    "+.4 ->",
  ];
  return waits
    .flatMap((wait, step) =>
      counted.map(([client, server], index) => {
        const way = wait.slice(-2);
        const mark = step === 5 && index === 0 ? "  @after" : "";
        return `connection ${index + 1}\n${index === 0 ? wait : `+.00001 ${way}`} ${steps(client, server)[step]}${mark}`;
      }),
    )
    .join("\n");
};

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
      name: "the clock is set forward by 30 s within a silence of 0.2 s",
      packets: silent(30.2, [200, 200]),
      findings: [
        {
          messageId: "forward",
          evidence: { segment: "after" },
          data: { flows: 1, connections: "connection", step: "30.00 s" },
          confidence: "certain",
        },
      ],
    },
    {
      name: "the same in six connections, while two others count all of it, as behind an appliance that answers by itself",
      packets: silent(
        30.2,
        ...Array.from({ length: 6 }, (): [number, number] => [200, 200]),
        [200, 30_200],
        [30_200, 200],
      ),
      findings: [{ messageId: "forward", evidence: { segment: "after" }, data: { flows: 6 }, flows: 6 }],
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
      name: "the SYN-ACK of a SYN from before the capture, which crosses the SYN's repetition",
      packets: `
        0.9838 <- S. 0:0(0) ack 1
        0.9936 -> S  0:0(0)
        0.9936 <- S. 0:0(0) ack 1
        0.9945 -> .  1:1(0) ack 1`,
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
    { name: "a silence of 30 s that both ends count", packets: silent(30.2, [30_200, 30_200]) },
    { name: "a client that was suspended for 30 s", packets: silent(30.2, [200, 30_200]) },
    {
      name: "ends of which one stood still for 20 s and the other for 30 s",
      packets: silent(30.2, [10_200, 200]),
    },
    {
      name: "two connections of which only one stood still",
      packets: silent(30.2, [200, 200], [30_200, 30_200]),
    },
    {
      name: "a path that holds back what both ends send, and lets it go",
      packets: `
        0     -> S  0:0(0) <TS val 1000 ecr 0>
        +.01  <- S. 0:0(0) ack 1 <TS val 5010 ecr 1000>
        +.01  -> .  1:1(0) ack 1 <TS val 1020 ecr 5010>
        +.6   -> P. 1:101(100) ack 1 <TS val 1620 ecr 5010>
        +.01  <- P. 1:501(500) ack 101 <TS val 5630 ecr 1620>
        +5    -> P. 101:201(100) ack 501 <TS val 1630 ecr 5630>
        +0    <- P. 501:601(100) ack 101 <TS val 5640 ecr 1620>
        +.4   -> P. 201:301(100) ack 601 <TS val 7030 ecr 5640>
        +.01  <- P. 601:701(100) ack 301 <TS val 11040 ecr 7030>
        +.4   -> P. 301:401(100) ack 701 <TS val 7440 ecr 11040>
        +.01  <- P. 701:801(100) ack 401 <TS val 11450 ecr 7440>
        +200  -> F. 401:401(0) ack 801 <TS val 207450 ecr 11450>
        +.01  <- F. 801:801(0) ack 402 <TS val 211460 ecr 207450>`,
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
