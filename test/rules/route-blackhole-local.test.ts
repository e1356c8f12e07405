import { routeBlackholeLocal } from "../../src/rules/route-blackhole-local.js";
import { answered, opened, repeated } from "../support/outage-scripts.js";
import { testRule } from "../support/rule-tester.js";

const PUSH = "<- P. 101:201(100) ack 5";
const RECEIVED_TWICE = "-> . 5:5(0) ack 201 <sack 101:201>";
const FIN = "<- F. 101:101(0) ack 5";
/** The peer repeats; this host, which talks to another address as well, sends it nothing. */
const mute = (count: number, packet: string, between = answered(9), before = answered(8)): string => `
  ${before}
  ${opened(count, "192.0.2.7:80", "<-")}
  ${repeated(count, packet, [1])}
  ${repeated(count, `${packet} @first`, [0.21])}
  ${repeated(count, packet, [0.42])}
  ${between}
  ${repeated(count, packet, [0.85, 1.7])}
  ${repeated(count, `${packet} @last`, [3.4])}`;

/** One peer repeats, another connection of the host goes on; nothing without data was captured. */
function dataAlone(packet: string): string {
  const talk = Array.from({ length: 25 }, (_, index) => {
    const sent = 1 + index * 5;
    return `
      +.01 -> P. ${sent}:${sent + 5}(5) ack ${sent}
      +.02 <- P. ${sent}:${sent + 5}(5) ack ${sent + 5}`;
  });
  return `
    connection 1 client 192.0.2.1:40001 server 192.0.2.7:80
    0    -> P. 1:5(4) ack 1
    +.02 <- P. 1:101(100) ack 5
    ${repeated(1, packet, [1, 0.2, 0.4, 0.8, 1.6, 3.2])}
    connection 2 client 192.0.2.1:40002 server 192.0.2.6:80
    1    -> P. 1:6(5) ack 1
    ${talk.slice(1).join("").replaceAll("+.01", "+.1")}`;
}

/** A connection captured on the server's host: no router has lowered the TTL of what it sends. */
const served = (number: number) => `
  connection ${number} client 192.0.2.1:4000${number} server 192.0.2.${number + 6}:80
  +.01 -> S  0:0(0) {ttl 57}
  +0   <- S. 0:0(0) ack 1 {ttl 64}
  +.02 -> .  1:1(0) ack 1 {ttl 57}
  +0   -> P. 1:6(5) ack 1 {ttl 57}
  +0   <- P. 1:6(5) ack 6 {ttl 64}
  +.02 -> .  6:6(0) ack 6 {ttl 57}`;
const pushOfBoth = (gap: number, label = "") =>
  [1, 2]
    .map(
      (number) =>
        `connection ${number}\n+${gap} -> P. 6:11(5) ack 6 {ttl 57} ${label && `@${label}-${number}`}`,
    )
    .join("\n");

testRule(routeBlackholeLocal, {
  invalid: [
    {
      name: "two connections of one peer, while another address is sent to",
      packets: `${mute(2, PUSH)}
        ${repeated(2, RECEIVED_TWICE, [0.1])}`,
      findings: [
        {
          messageId: "mute",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
          data: {
            ending: "all recovered",
            workingAddresses: 1,
          },
        },
      ],
    },
    {
      name: "the same, with nothing that tells of a receipt: a firewall of the host's may have dropped what arrived",
      packets: `${mute(2, PUSH)}
        ${repeated(2, "-> . 5:5(0) ack 201", [0.1])}`,
      findings: [
        {
          messageId: "mute",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "weak",
          severity: "warning",
          data: { receipt: "" },
        },
      ],
    },
    {
      name: "the same, where what came twice is reported later only: the network may have doubled it",
      packets: `${mute(2, PUSH)}
        ${repeated(2, "-> . 5:5(0) ack 201", [0.1])}
        ${repeated(2, RECEIVED_TWICE, [0.01])}`,
      findings: [
        {
          messageId: "mute",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "a capture that begins in the silence of a server: it may never have held the connection",
      packets: `
        ${served(1)}
        ${served(2).replace("192.0.2.1:", "192.0.2.2:").replace("192.0.2.8", "192.0.2.7")}
        connection 3 client 192.0.2.3:40003 server 192.0.2.7:80
        +0   -> P. 1:6(5) ack 1 {ttl 57}
        +.21 -> P. 1:6(5) ack 1 {ttl 57} @first
        +.42 -> P. 1:6(5) ack 1 {ttl 57}
        connection 1
        +.1  -> P. 6:11(5) ack 6 {ttl 57}
        +0   <- P. 6:11(5) ack 11 {ttl 64}
        connection 3
        +.8  -> P. 1:6(5) ack 1 {ttl 57}
        +1.7 -> P. 1:6(5) ack 1 {ttl 57}
        +3.4 -> P. 1:6(5) ack 1 {ttl 57} @last`,
      findings: [
        {
          messageId: "mute",
          evidence: { first: "first", last: "last" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "the peer's FIN, again and again, until this host reports that it had got it",
      packets: `${mute(1, FIN)}
        connection 1
        +.1 -> . 5:5(0) ack 102 <sack 101:102>`,
      findings: [
        {
          messageId: "mute",
          evidence: { first: "first-1", last: "last-1" },
          confidence: "strong",
          data: { ending: "it recovered" },
        },
      ],
    },
    {
      name: "the peer's FIN, to the capture's end, while the log of routes has none to it",
      ipVersion: 4,
      routeLog: "[2023-11-14T22:13:20.500000] unreachable 192.0.2.7\n",
      packets: mute(1, FIN),
      findings: [
        {
          messageId: "mute",
          evidence: { first: "first-1", last: "last-1" },
          confidence: "certain",
          data: { ending: "not recovered in the capture" },
        },
      ],
    },
    {
      name: "this host sends to nobody else either: it may stand still",
      packets:
        answered(9, "192.0.2.6:80") +
        mute(1, PUSH, "", "").replace("+0   -> S", "+1   -> S") +
        repeated(1, RECEIVED_TWICE, [0.1]),
      findings: [
        {
          messageId: "mute",
          evidence: { first: "first-1", last: "last-1" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "this host sends to an address since that it had not sent to before: a VPN's server, perhaps",
      packets: mute(1, PUSH, answered(9), "") + repeated(1, RECEIVED_TWICE, [0.1]),
      findings: [
        {
          messageId: "mute",
          evidence: { first: "first-1", last: "last-1" },
          confidence: "weak",
          severity: "warning",
          data: { workingAddresses: 1 },
        },
      ],
    },
    {
      name: "a server's host with two addresses, of which neither sends to the client any more",
      packets: `${served(1)} ${served(2)}
        ${pushOfBoth(0.5)}
        ${pushOfBoth(0.1, "first")}
        ${pushOfBoth(0.2)}
        ${pushOfBoth(0.4)}
        ${pushOfBoth(0.8)}
        ${pushOfBoth(1.6, "last")}`,
      findings: [
        {
          messageId: "mute",
          evidence: { first: "first-2", last: "last-2" },
          flows: 2,
          vantage: "server-host",
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
  ],
  valid: [
    {
      name: "an application that does not read: its kernel acknowledges",
      packets: `${opened(2, "192.0.2.7:80", "<-")}
        ${repeated(2, "<- P. 101:201(100) ack 5", [1])}
        ${repeated(2, "-> . 5:5(0) ack 201", [0.04])}
        ${answered(9)}
        ${repeated(2, "<- P. 201:301(100) ack 5", [20])}
        ${repeated(2, "-> . 5:5(0) ack 301", [0.04])}`,
    },
    {
      name: "a host that sleeps for two seconds",
      packets: `${opened(1, "192.0.2.7:80", "<-")}
        ${repeated(1, PUSH, [1, 0.2, 0.4])}
        ${answered(9)}
        ${repeated(1, PUSH, [0.7])}
        ${repeated(1, "-> . 5:5(0) ack 201", [0.5])}`,
    },
    {
      name: "what comes after the host's own FIN is dropped by its firewall",
      packets: `${opened(1, "192.0.2.7:80", "<-")}
        +.1  -> F. 5:5(0) ack 101
        +.02 <- .  101:101(0) ack 6
        ${answered(9)}
        connection 1
        +1   <- P. 101:201(100) ack 6
        +.2  <- P. 101:201(100) ack 6
        +.4  <- P. 101:201(100) ack 6
        +.8  <- P. 101:201(100) ack 6
        ${answered(10)}
        connection 1
        +1.6 <- P. 101:201(100) ack 6
        +3.2 <- P. 101:201(100) ack 6`,
    },
    {
      name: "the peer's FIN, again and again: this host may know nothing of the connection any more",
      packets: mute(2, FIN),
    },
    {
      name: "the same, and a RST at last",
      packets: `${mute(1, FIN)}
        connection 1
        +.1 -> R 5:5(0)`,
    },
    {
      name: "a peer that has crashed: nothing comes from it either",
      packets: `${opened(2, "192.0.2.7:80", "<-")}
        ${answered(9)}
        connection 9
        +30  -> P. 6:11(5) ack 6
        +.02 <- P. 6:11(5) ack 11
        +0   -> .  11:11(0) ack 11`,
    },
    {
      name: "idle connections",
      packets: `${opened(2, "192.0.2.7:80", "<-")}
        ${answered(9)}
        ${repeated(2, PUSH, [60])}
        ${repeated(2, "-> . 5:5(0) ack 201", [0.02])}`,
    },
    {
      name: "a capture that misses what this host sends: the peer acknowledges more than there is",
      packets: `${opened(2, "192.0.2.7:80", "<-")}
        ${repeated(2, "<- P. 101:201(100) ack 9", [1])}
        ${answered(9)}
        ${repeated(2, "<- P. 101:201(100) ack 15", [0.2, 0.4, 0.8, 1.6, 3.2])}`,
    },
    {
      name: "a capture of what arrives alone",
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.7:80
        repeat 2 every 0.001 {
          +0   <- S. 0:0(0) ack 1
          +.04 <- P. 1:101(100) ack 5
          +1   <- P. 101:201(100) ack 5
          +.2  <- P. 101:201(100) ack 5
          +.4  <- P. 101:201(100) ack 5
          +.8  <- P. 101:201(100) ack 5
          +1.6 <- P. 101:201(100) ack 5
          +3.2 <- P. 101:201(100) ack 5
        }`,
    },
    {
      name: "a capture of data alone: the acknowledgments were left out by its filter",
      packets: `${dataAlone(PUSH)}`,
    },
  ],
});
