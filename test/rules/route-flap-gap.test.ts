import { routeFlapGap } from "../../src/rules/route-flap-gap.js";
import { opened, repeated } from "../support/outage-scripts.js";
import { testRule } from "../support/rule-tester.js";

const DATA = "-> P. 101:201(100) ack 1";
const at = (second: string, change: string): string => `[2023-11-14T22:13:${second}] ${change}\n`;
const ROUTE = "192.0.2.0/24 via 10.0.0.1 dev eth0";
/** Sent at 1.03 s, repeated 0.2 and 0.6 s later. */
const stall = (count: number): string => `${opened(count)}
  ${repeated(count, DATA, [1])}
  ${repeated(count, `${DATA} @first`, [0.2])}
  ${repeated(count, `${DATA} @last`, [0.4])}
  ${repeated(count, "<- . 1:1(0) ack 201", [0.02])}`;
/** Nothing is sent again: what could not leave was never on the wire. */
const pause = (count: number, seconds = 0.5): string => `${opened(count)}
  ${repeated(count, "-> P. 101:201(100) ack 1 @next", [seconds])}
  ${repeated(count, "<- . 1:1(0) ack 201", [0.02])}`;

testRule(routeFlapGap, {
  invalid: [
    {
      name: "what was sent while the route was gone is repeated",
      ipVersion: 4,
      routeLog: at("21.020000", `Deleted ${ROUTE}`) + at("21.070000", ROUTE),
      packets: stall(2),
      findings: [
        {
          messageId: "gap",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
          data: { gapMs: "50.0", route: "192.0.2.0/24 via 10.0.0.1" },
        },
      ],
    },
    {
      name: "one connection may stand still by chance",
      ipVersion: 4,
      routeLog: at("21.020000", `Deleted ${ROUTE}`) + at("21.070000", ROUTE),
      packets: stall(1),
      findings: [{ messageId: "gap", evidence: { first: "first-1", last: "last-1" }, confidence: "weak" }],
    },
    {
      name: "connections that pause until the route is back",
      ipVersion: 4,
      routeLog: at("20.100000", `Deleted ${ROUTE}`) + at("20.400000", ROUTE),
      packets: pause(2),
      findings: [
        {
          messageId: "gap",
          evidence: { first: "next-1", last: "next-1" },
          flows: 2,
          confidence: "strong",
        },
      ],
    },
    {
      name: "connections that pause for as long as the route is gone, three seconds",
      ipVersion: 4,
      routeLog: at("20.100000", `Deleted ${ROUTE}`) + at("23.100000", ROUTE),
      packets: pause(2, 3.4),
      findings: [{ messageId: "gap", evidence: { first: "next-1", last: "next-1" }, flows: 2 }],
    },
  ],
  valid: [
    {
      name: "240 changes, and nobody stands still",
      ipVersion: 4,
      routeLog: Array.from({ length: 240 }, (_, index) => {
        const second = (20 + index / 100).toFixed(6);
        return at(second, `Deleted ${ROUTE}`) + at((20.004 + index / 100).toFixed(6), ROUTE);
      }).join(""),
      packets: `${opened(2)}
        ${repeated(2, "-> P. 101:201(100) ack 1", [0.5], "<- . 1:1(0) ack 201")}
        ${repeated(2, "-> P. 201:301(100) ack 1", [0.5], "<- . 1:1(0) ack 301")}`,
    },
    {
      name: "a segment that is lost between two changes",
      ipVersion: 4,
      routeLog: at("20.500000", `Deleted ${ROUTE}`) + at("20.520000", ROUTE),
      packets: stall(2),
    },
    {
      name: "another prefix",
      ipVersion: 4,
      routeLog: at("21.020000", "Deleted 198.51.100.0/24 via 10.0.0.1 dev eth0"),
      packets: stall(2),
    },
    {
      name: "a route that is replaced",
      ipVersion: 4,
      routeLog: at("21.020000", ROUTE),
      packets: stall(2),
    },
  ],
});
