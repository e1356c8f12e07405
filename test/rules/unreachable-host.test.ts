import { unreachableHost } from "../../src/rules/unreachable-host.js";
import { answered, opened, repeated } from "../support/outage-scripts.js";
import { testRule } from "../support/rule-tester.js";

const DATA = "-> P. 101:201(100) ack 1";
const steady = new Array<number>(12).fill(0.204);

testRule(unreachableHost, {
  // ICMP errors cannot be written in the notation: captures/unreachable-host*.pcap have them.
  testedApart: ["stalled", "refused"],
  invalid: [
    {
      name: "repetitions that do not back off, of two connections",
      packets: `${opened(2)}
        ${repeated(2, DATA, [1])}
        ${repeated(2, `${DATA} @first`, [0.204])}
        ${repeated(2, DATA, steady)}
        ${answered(9)}
        ${repeated(2, DATA, steady)}
        ${repeated(2, `${DATA} @last`, [0.204])}
        ${repeated(2, "<- . 1:1(0) ack 201", [0.02])}`,
      findings: [
        {
          messageId: "steady",
          evidence: { first: "first-1", sign: "last-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
          data: { ending: "all recovered", workingAddresses: 1, repeats: 26 },
        },
      ],
    },
    {
      name: "repetitions that stick near 3.3 s, as with errors over IPv4 that a router limits",
      packets: `${opened(2)}
        ${repeated(2, DATA, [1])}
        ${repeated(2, `${DATA} @first`, [0.21])}
        ${repeated(2, DATA, [0.42, 0.85, 1.7])}
        ${answered(9)}
        ${repeated(2, DATA, [3.3, 3.32, 3.31, 3.3])}
        ${answered(10)}
        ${repeated(2, `${DATA} @last`, [3.3])}
        ${repeated(2, "<- . 1:1(0) ack 201", [0.02])}`,
      findings: [
        {
          messageId: "steady",
          evidence: { first: "first-1", sign: "last-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
        },
      ],
    },
    {
      name: "one connection that never goes on: a sender may have a timer that never backs off",
      packets: `${opened(1)}
        ${repeated(1, DATA, [1])}
        ${repeated(1, `${DATA} @first`, [0.204])}
        ${repeated(1, DATA, steady)}
        ${repeated(1, `${DATA} @last`, [0.204])}`,
      findings: [
        {
          messageId: "steady",
          evidence: { first: "first-1", sign: "last-1", last: "last-1" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
  ],
  valid: [
    {
      name: "probes of a closed window, at a steady interval",
      others: ["zero-window-stall"],
      packets: `${opened(1)}
        +.1 <- . 1:1(0) ack 101 win 0
        ${repeated(1, "-> . 100:100(0) ack 1", new Array<number>(10).fill(0.2), "<- . 1:1(0) ack 101 win 0")}
        +.1 <- . 1:1(0) ack 101 win 512`,
    },
    {
      name: "routers that swallow or prohibit: the timer backs off",
      others: ["blackhole-forward"],
      packets: `${opened(2)}
        ${repeated(2, DATA, [1, 0.21, 0.42, 0.85])}
        ${answered(9)}
        ${repeated(2, DATA, [1.7, 3.4, 6.8])}
        ${repeated(2, "<- . 1:1(0) ack 201", [0.02])}`,
    },
    {
      name: "a few losses that tail-loss probes and short timers bring back at like intervals",
      packets: `${opened(1)}
        ${repeated(1, DATA, [1, 0.2, 0.21, 0.2])}
        ${repeated(1, "<- . 1:1(0) ack 201", [0.02])}`,
    },
    {
      name: "keepalives, at a steady interval",
      packets: `${opened(1)}
        ${repeated(1, "-> . 100:100(0) ack 1", new Array<number>(10).fill(5), "<- . 1:1(0) ack 101")}`,
    },
  ],
});
