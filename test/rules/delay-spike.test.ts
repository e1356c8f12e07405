import { delaySpike } from "../../src/rules/delay-spike.js";
import { testRule } from "../support/rule-tester.js";

const handshake = `
  0    -> S  0:0(0) <mss 1000,sackOK,TS val 1000 ecr 0>
  +.02 <- S. 0:0(0) ack 1 <mss 1000,sackOK,TS val 9000 ecr 1000>
  +0   -> .  1:1(0) ack 1 <TS val 1020 ecr 9000>
  +.01 -> P. 1:101(100) ack 1 <TS val 1030 ecr 9000>
  +.02 <- .  1:1(0) ack 101 <TS val 9050 ecr 1030>`;
/** The client's timer doubles; the segments' own times, as its clock has them. */
const repetitions = `
  +.95 -> P. 101:201(100) ack 1 <TS val 2000 ecr 9050>
  +.2  -> P. 101:201(100) ack 1 <TS val 2200 ecr 9050> @repeat
  +.4  -> P. 101:201(100) ack 1 <TS val 2600 ecr 9050>
  +.8  -> P. 101:201(100) ack 1 <TS val 3400 ecr 9050>
  +1.6 -> P. 101:201(100) ack 1 <TS val 5000 ecr 9050>`;
const held = (messageId: "answered" | "captured", data: Record<string, string | number>, proof = "proof") =>
  ({ messageId, evidence: { repeat: "repeat", proof }, confidence: "strong", data }) as const;

/** A connection of which something is held back for 1.1 s; begun `at` seconds into the script. */
const delayed = (number: number, at: number, server: string, client = "192.0.2.1", mark = "") => `
  connection ${number} client ${client}:${40_000 + number} server ${server}
  ${at} -> S  0:0(0) <mss 1000,sackOK>
  +.02 <- S. 0:0(0) ack 1 <mss 1000,sackOK>
  +0   -> .  1:1(0) ack 1
  ${at + 0.1} -> P. 1:101(100) ack 1
  +.3  -> P. 1:101(100) ack 1 ${mark && `@repeat-${mark}`}
  +.6  -> P. 1:101(100) ack 1
  +.5  <- .  1:1(0) ack 101
  +0   <- .  1:1(0) ack 101 <sack 1:101> ${mark && `@proof-${mark}`}
  +0   <- .  1:1(0) ack 101 <sack 1:101>`;
/** The same again on that connection, for 0.9 s. */
const delayedAgain = (number: number, at: number) => `
  connection ${number}
  ${at} -> P. 101:201(100) ack 1
  +.3  -> P. 101:201(100) ack 1
  +.6  -> P. 101:201(100) ack 1
  +.3  <- .  1:1(0) ack 201
  +0   <- .  1:1(0) ack 201 <sack 101:201>
  +0   <- .  1:1(0) ack 201 <sack 101:201>`;
const alone = (mark: string) =>
  ({
    messageId: "answered",
    evidence: { repeat: `repeat-${mark}`, proof: `proof-${mark}` },
    confidence: "strong",
  }) as const;

testRule(delaySpike, {
  invalid: [
    {
      name: "several listeners of one client at about the same time: one way, one finding",
      ipVersion: 4,
      packets:
        delayed(1, 0, "192.0.2.2:80", "192.0.2.1", "a") +
        delayed(2, 2.5, "192.0.2.3:443", "192.0.2.1") +
        delayed(3, 5, "192.0.2.2:22", "192.0.2.1") +
        delayed(4, 7.5, "192.0.2.2:22", "192.0.2.1"),
      findings: [
        {
          messageId: "shared",
          evidence: { repeat: "repeat-a", proof: "proof-a" },
          data: {
            host: "192.0.2.1",
            side: "client",
            listeners: 3,
            listenerNames: "192.0.2.2:22, 192.0.2.2:80, 192.0.2.3:443",
            hitFlows: 4,
            worstSeconds: "1.1",
          },
          flows: 4,
          confidence: "strong",
        },
      ],
    },
    {
      name: "several clients of one server at the same time, at two of its ports: one way, one finding",
      ipVersion: 4,
      packets:
        delayed(1, 0, "192.0.2.2:80", "192.0.2.11", "a") +
        delayed(2, 1.5, "192.0.2.2:443", "192.0.2.12") +
        delayed(3, 3.25, "192.0.2.2:443", "192.0.2.13"),
      findings: [
        {
          messageId: "shared",
          evidence: { repeat: "repeat-a", proof: "proof-a" },
          data: { host: "192.0.2.2", side: "server", listeners: 2, hitFlows: 3 },
          flows: 3,
        },
      ],
    },
    {
      name: "two listeners of one client at different times",
      ipVersion: 4,
      packets:
        delayed(1, 0, "192.0.2.2:80", "192.0.2.1", "a") + delayed(2, 9, "192.0.2.3:443", "192.0.2.1", "b"),
      findings: [alone("a"), alone("b")],
    },
    {
      name: "two clients of two servers at the same time: they have nothing in common",
      ipVersion: 4,
      packets:
        delayed(1, 0, "192.0.2.2:80", "192.0.2.11", "a") + delayed(2, 1.5, "192.0.2.3:80", "192.0.2.12", "b"),
      findings: [alone("a"), alone("b")],
    },
    {
      name: "a listener whose delays are long before and long after that of another",
      ipVersion: 4,
      packets:
        delayed(1, 0, "192.0.2.2:80", "192.0.2.1", "a") +
        delayed(2, 50, "192.0.2.3:443", "192.0.2.1", "b") +
        delayedAgain(1, 100),
      findings: [alone("a"), alone("b")],
    },
    {
      name: "a host that was paused: the answers to all that was sent come together",
      packets: `${handshake}${repetitions}
        +1  <- . 1:1(0) ack 201 <TS val 12000 ecr 2000>
        +0  <- . 1:1(0) ack 201 <sack 101:201,TS val 12000 ecr 2200> @proof
        +0  <- . 1:1(0) ack 201 <sack 101:201,TS val 12000 ecr 2600>`,
      findings: [held("answered", { side: "client", worstSeconds: "3.8", hitFlows: 1 })],
    },
    {
      name: "the first answer tells of a repetition already",
      packets: `${handshake}${repetitions}
        +1  <- . 1:1(0) ack 201 <sack 101:201,TS val 12000 ecr 2200> @proof
        +0  <- . 1:1(0) ack 201 <sack 101:201,TS val 12000 ecr 2600>
        +0  <- . 1:1(0) ack 201 <sack 101:201,TS val 12000 ecr 3400>
        +0  <- . 1:1(0) ack 201 <sack 101:201,TS val 12000 ecr 5000>`,
      findings: [held("answered", { worstSeconds: "3.8" })],
    },
    {
      name: "without timestamps: as many answers as repetitions",
      packets: `
        0    -> S  0:0(0) <mss 1000,sackOK>
        +.02 <- S. 0:0(0) ack 1 <mss 1000,sackOK>
        +0   -> .  1:1(0) ack 1
        +1   -> P. 1:101(100) ack 1
        +.3  -> P. 1:101(100) ack 1 @repeat
        +.6  -> P. 1:101(100) ack 1
        +.3  <- .  1:1(0) ack 101
        +0   <- .  1:1(0) ack 101 <sack 1:101> @proof
        +0   <- .  1:1(0) ack 101 <sack 1:101>`,
      findings: [held("answered", { worstSeconds: "0.90" })],
    },
    {
      name: "captured behind the queue: repetitions come together that were sent one by one",
      packets: `${handshake}
        +4.95 -> P. 101:201(100) ack 1 <TS val 2000 ecr 9050>
        +0    -> P. 101:201(100) ack 1 <TS val 2200 ecr 9050> @repeat
        +.001 -> P. 101:201(100) ack 1 <TS val 2600 ecr 9050>
        +.001 -> P. 101:201(100) ack 1 <TS val 3400 ecr 9050>
        +.001 -> P. 101:201(100) ack 1 <TS val 5000 ecr 9050> @proof
        +.001 <- . 1:1(0) ack 201 <TS val 14000 ecr 2000>`,
      findings: [
        held("captured", {
          side: "client",
          worstSeconds: "2.8",
          sentApart: "2.8 s",
          capturedApart: "3.0 ms",
        }),
      ],
    },
  ],

  valid: [
    {
      name: "acknowledgments that were lost: the last repetition alone is answered",
      packets: `${handshake}${repetitions}
        +.05 <- . 1:1(0) ack 201 <sack 101:201,TS val 12000 ecr 5000>`,
    },
    {
      name: "the first repetition was needed, the acknowledgments that follow it were lost, and the last report echoes it still",
      packets: `${handshake}${repetitions}
        +.05 <- . 1:1(0) ack 201 <sack 101:201,TS val 12000 ecr 2200>`,
    },
    {
      name: "acknowledgments that were lost, and no timestamps",
      packets: `
        0    -> S  0:0(0) <mss 1000,sackOK>
        +.02 <- S. 0:0(0) ack 1 <mss 1000,sackOK>
        +0   -> .  1:1(0) ack 1
        +1   -> P. 1:101(100) ack 1
        +.3  -> P. 1:101(100) ack 1
        +.6  -> P. 1:101(100) ack 1
        +.05 <- .  1:1(0) ack 101 <sack 1:101>`,
    },
    {
      name: "a way there that was shut: only the last repetition arrives",
      packets: `${handshake}${repetitions}
        +.02 <- . 1:1(0) ack 201 <TS val 12000 ecr 5000>`,
    },
    {
      name: "blocks of later data, whose answers echo the time of a repetition long ago",
      packets: `${handshake}
        +1   -> P. 101:201(100) ack 1 <TS val 2050 ecr 9050>
        +.3  -> P. 101:201(100) ack 1 <TS val 2350 ecr 9050>
        +.02 <- .  1:1(0) ack 201 <TS val 10400 ecr 2350>
        +5   -> P. 201:301(100) ack 1 <TS val 7400 ecr 10400>
        +0   -> P. 301:401(100) ack 1 <TS val 7400 ecr 10400>
        +.02 <- .  1:1(0) ack 201 <sack 301:401,TS val 15400 ecr 2350>`,
    },
    {
      name: "a path that is always as long",
      packets: `
        0   -> S  0:0(0) <mss 1000,sackOK>
        +.6 <- S. 0:0(0) ack 1 <mss 1000,sackOK>
        +0  -> .  1:1(0) ack 1
        +1  -> P. 1:101(100) ack 1
        +.3 -> P. 1:101(100) ack 1
        +.3 <- .  1:1(0) ack 101
        +.3 <- .  1:1(0) ack 101 <sack 1:101>`,
    },
    {
      name: "a clock that something on the way set back",
      packets: `${handshake}
        +2  -> P. 101:201(100) ack 1 <TS val 50 ecr 9050>
        +.2 -> P. 101:201(100) ack 1 <TS val 250 ecr 9050>
        +.4 -> P. 101:201(100) ack 1 <TS val 3650 ecr 9050>
        +.8 -> P. 101:201(100) ack 1 <TS val 4450 ecr 9050>
        +.02 <- . 1:1(0) ack 201 <TS val 12000 ecr 4450>`,
    },
    {
      name: "a clock that ticks a thousand times as often",
      packets: `
        0    -> S  0:0(0) <mss 1000,sackOK,TS val 1000000 ecr 0>
        +.02 <- S. 0:0(0) ack 1 <mss 1000,sackOK,TS val 9000 ecr 1000000>
        +0   -> .  1:1(0) ack 1 <TS val 1020000 ecr 9000>
        +1   -> P. 1:101(100) ack 1 <TS val 2020000 ecr 9000>
        +.2  -> P. 1:101(100) ack 1 <TS val 2220000 ecr 9000>
        +.4  -> P. 1:101(100) ack 1 <TS val 2620000 ecr 9000>
        +.02 <- .  1:1(0) ack 101 <TS val 11000 ecr 2620000>`,
    },
  ],
});
