import { stickyUnreachableRoute } from "../../src/rules/sticky-unreachable-route.js";
import { opened, repeated } from "../support/outage-scripts.js";
import { testRule } from "../support/rule-tester.js";

const PUSH = "<- P. 101:201(100) ack 5";
const at = (second: string, change: string): string => `[2023-11-14T22:13:${second}] ${change}\n`;
const flap =
  at("20.900000", "Deleted 192.0.2.0/24 via 10.0.0.1 dev eth0") +
  at("20.900200", "192.0.2.0/24 via 10.0.0.2 dev eth1");
const mute = (count: number): string => `${opened(count, "192.0.2.7:80", "<-")}
  ${repeated(count, PUSH, [1])}
  ${repeated(count, `${PUSH} @first`, [0.21])}
  ${repeated(count, PUSH, [0.42, 0.85, 1.7])}
  ${repeated(count, `${PUSH} @last`, [3.4])}
  ${repeated(count, "-> . 5:5(0) ack 201", [0.02])}`;

testRule(stickyUnreachableRoute, {
  invalid: [
    {
      name: "an unreachable route of one address beside the usable one of its prefix",
      ipVersion: 4,
      routeLog:
        flap + at("20.901000", "unreachable 192.0.2.7") + at("25.000000", "Deleted unreachable 192.0.2.7"),
      packets: mute(2),
      findings: [
        {
          messageId: "hidden",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "certain",
          data: { hidden: "192.0.2.0/24 via 10.0.0.2", duration: "for 4.1 s" },
        },
      ],
    },
    {
      name: "a cached entry that refuses, until the log's end",
      ipVersion: 4,
      routeLog: at("20.901000", "[RTCAH]+ unreachable 192.0.2.7 dev lo metric 0 cache error -101 users 1"),
      packets: mute(1).replace("-> . 5:5(0) ack 201", "<- P. 101:201(100) ack 5"),
      findings: [
        {
          messageId: "hidden",
          evidence: { first: "first-1", last: "last-1" },
          confidence: "certain",
          data: { addresses: "192.0.2.7" },
        },
      ],
    },
  ],
  valid: [
    {
      name: "an unreachable route for others in the prefix",
      ipVersion: 4,
      routeLog: flap + at("20.901000", "unreachable 192.0.2.8"),
      packets: `${opened(2, "192.0.2.7:80", "<-")}
        ${repeated(2, "<- P. 101:201(100) ack 5", [1], "-> . 5:5(0) ack 201")}`,
    },
    {
      name: "an unreachable route that nobody noticed",
      ipVersion: 4,
      routeLog:
        flap + at("20.901000", "unreachable 192.0.2.7") + at("25.000000", "Deleted unreachable 192.0.2.7"),
      packets: `${opened(2, "192.0.2.7:80", "<-")}
        ${repeated(2, "<- P. 101:201(100) ack 5", [6], "-> . 5:5(0) ack 201")}
        ${repeated(2, "<- P. 201:301(100) ack 5", [40], "-> . 5:5(0) ack 301")}`,
    },
  ],
});
