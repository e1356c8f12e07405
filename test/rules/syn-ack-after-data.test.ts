import { synAckAfterData } from "../../src/rules/syn-ack-after-data.js";
import { testRule } from "../support/rule-tester.js";

/** A connection that hangs, is told again and again that it was not heard, and recovers when room appears. */
const hung = (port: number, labels = false, meanwhile = "") => `
  +.001 -> S  0:0(0)       <mss 1460,sackOK,TS val 1000 ecr 0,wscale 7>
  +.02  <- S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 9000 ecr 1000,wscale 7> ${labels ? "@synack" : ""}
  +0    -> .  1:1(0) ack 1 <TS val 1020 ecr 9000>   // dropped: accept queue full, port ${port}
  +.001 -> P. 1:6(5) ack 1 <TS val 1021 ecr 9000>   ${labels ? "@data" : ""}
  +.2   -> P. 1:6(5) ack 1 <TS val 1221 ecr 9000>
  ${meanwhile}
  +.4   -> P. 1:6(5) ack 1 <TS val 1621 ecr 9000>
  +.42  <- S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 10020 ecr 1000,wscale 7> ${labels ? "@repeat" : ""}
  +0    -> .  6:6(0) ack 1 <TS val 2041 ecr 9000>
  +.38  -> P. 1:6(5) ack 1 <TS val 2421 ecr 9000>
  +.02  <- .  1:1(0) ack 6 <TS val 10440 ecr 2421>
`;

/** Another connection that is completed 2 ms after `second`: it takes the last place in the queue. */
const taker = (second: number, connection = "6 client 192.0.2.1:40060 server 192.0.2.2:80") => `
  connection ${connection}
  ${second} -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +.001 -> .  1:1(0) ack 1
`;

/** One that is served at once. */
const served = `
  +.001 -> S  0:0(0) <mss 1460>
  +.02  <- S. 0:0(0) ack 1 <mss 1460>
  +0    -> .  1:1(0) ack 1
  +.001 -> P. 1:6(5) ack 1
  +.02  <- .  1:1(0) ack 6
`;

/** What is left of one when the capture begins after the first SYN-ACK. `addresses` of its connection line. */
const begunLate = (addresses: string, synAck = "<- S. 0:0(0) ack 1") => `
  connection 1 client ${addresses}
  0    -> P. 1:6(5) ack 1 @data
  1.4  ${synAck}          @repeat
  +0   -> .  6:6(0) ack 1
  3.3  -> P. 1:6(5) ack 1
  +.01 <- .  1:1(0) ack 6
`;
/** Its one SYN-ACK in the capture is the one that came again. */
const WEAK_BEGUN_LATE = {
  messageId: "repeated",
  evidence: { synack: "repeat", data: "data", repeat: "repeat" },
  confidence: "weak",
  severity: "warning",
} as const;
const OVER_LOOPBACK = "127.0.0.1:40000 server 127.0.0.1:8080";

/**
 * Three that hang for three seconds, since another one, if any, took the last place; `meanwhile` after a second and a half. Beside
 * them, perhaps, one whose ACKs get lost.
 */
const threeHangLong = (meanwhile: string, isDeaf = false, hasTaker = true) => `
  ${isDeaf ? deafBegins : ""}
  connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
  repeat 3 every 0.005 {
    +.1   -> S  0:0(0)
    +.02  <- S. 0:0(0) ack 1 @synack
    +0    -> .  1:1(0) ack 1
    +.001 -> P. 1:6(5) ack 1 @data
    +.2   -> P. 1:6(5) ack 1
    +.4   -> P. 1:6(5) ack 1
    +.4   <- S. 0:0(0) ack 1 @repeat
    +0    -> .  6:6(0) ack 1
    +.4   -> P. 1:6(5) ack 1
  }
  ${isDeaf ? deafGoesOn : ""}
  ${meanwhile}
  connection 1
  repeat 3 every 0.005 {
    +1.6  -> P. 1:6(5) ack 1
    +.05  <- S. 0:0(0) ack 1
    +0    -> .  6:6(0) ack 1
    +1    -> P. 1:6(5) ack 1
    +.02  <- .  1:1(0) ack 6
  }
  ${hasTaker ? taker(isDeaf ? 0.163 : 0.113) : ""}`;
const THREE_HANG = {
  messageId: "repeated",
  evidence: { synack: "synack-1", data: "data-1", repeat: "repeat-1" },
  flows: 3,
} as const;
/** Another connection to the listener, which is answered after so many seconds. */
const servedWithin = (seconds: string) => `
  connection 8 client 192.0.2.1:40080 server 192.0.2.2:80
  +.1   -> S  0:0(0)
  +.02  <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1
  +0    -> P. 1:6(5) ack 1
  +${seconds} <- P. 1:9(8) ack 6`;
/** An open connection on which the server repeats what the client has acknowledged. */
const deafBegins = `
  connection 9 client 192.0.2.1:40090 server 192.0.2.2:81
  0     -> S  0:0(0)
  +.02  <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1
  +0    -> P. 1:6(5) ack 1
  +.02  <- P. 1:101(100) ack 6
  +0    -> .  6:6(0) ack 101
  +.01  <- P. 101:201(100) ack 6
  +0    -> .  6:6(0) ack 201`;
const deafGoesOn = `
  connection 9
  ${[0.01, 0.02, 0.04, 0.08, 0.4, 0.8].map((gap) => `+${gap} <- P. 101:201(100) ack 6\n  +0 -> . 6:6(0) ack 201`).join("\n  ")}`;

/** A server in each of three networks of the Internet. */
const NETWORKS = ["192.0.2.2", "198.51.100.2", "203.0.113.2"];

testRule(synAckAfterData, {
  invalid: [
    {
      name: "a capture that begins after the handshake: the client's acknowledgment comes before the first SYN-ACK in it",
      ipVersion: 4,
      packets: begunLate(OVER_LOOPBACK),
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "repeat", data: "data", repeat: "repeat" },
          data: { worstSeconds: "3.3", since: " It had begun before the capture, and lasted longer." },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a capture that begins after the handshake, with timestamps: how long before",
      ipVersion: 4,
      packets: `
        connection 1 client ${OVER_LOOPBACK}
        0    -> P. 1:6(5) ack 1 <TS val 7150 ecr 900>      @data
        1.4  <- S. 0:0(0) ack 1 <TS val 16000 ecr 50>      @repeat
        +0   -> .  6:6(0) ack 1 <TS val 8550 ecr 900>
        3.3  -> P. 1:6(5) ack 1 <TS val 10450 ecr 900>
        +.01 <- .  1:1(0) ack 6 <TS val 17900 ecr 10450>`,
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "repeat", data: "data", repeat: "repeat" },
          data: {
            worstSeconds: "3.3",
            since: " It had begun at least 7.1 s before: so old is the timestamp that the SYN-ACK echoes.",
          },
        },
      ],
    },
    {
      name: "the same on a path, which may have lost what the client sent",
      packets: begunLate("192.0.2.1:40000 server 192.0.2.2:8080"),
      findings: [WEAK_BEGUN_LATE],
    },
    {
      name: "the same while others go on: the path may have come back before the only retransmission, long before",
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:8080
        0    -> P. 1:6(5) ack 1 @data
        1.4  <- S. 0:0(0) ack 1 @repeat
        +0   -> .  6:6(0) ack 1
        connection 9 client 192.0.2.1:40009 server 192.0.2.2:8080
        2    -> S  0:0(0)
        +.02 <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1
        +.01 -> P. 1:6(5) ack 1
        +.02 <- .  1:1(0) ack 6
        connection 1
        6.6  -> P. 1:6(5) ack 1
        +.02 <- .  1:1(0) ack 6`,
      findings: [WEAK_BEGUN_LATE],
    },
    {
      name: "the same while another connection hangs as well: what it sends in vain does not show that the path is open",
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:8080
        0    -> P. 1:6(5) ack 1 @data
        connection 9 client 192.0.2.1:40009 server 192.0.2.2:8080
        1.5  -> P. 1:101(100) ack 1
        connection 1
        2.4  -> P. 1:6(5) ack 1
        4.8  <- S. 0:0(0) ack 1 @repeat
        +0   -> .  6:6(0) ack 1
        connection 9
        5.2  -> P. 1:101(100) ack 1
        +.2  <- .  1:1(0) ack 101
        connection 1
        7    -> P. 1:6(5) ack 1
        +.02 <- .  1:1(0) ack 6`,
      findings: [WEAK_BEGUN_LATE],
    },
    {
      name: "three that hang from before the capture on: who took the last place in the queue is not known",
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:8080
        repeat 3 every 0.001 {
          +0   -> P. 1:6(5) ack 1 @data
        }
        connection 1
        repeat 3 every 0.001 {
          +.5  <- S. 0:0(0) ack 1 @repeat
          +0   -> .  6:6(0) ack 1
        }
        connection 9 client 192.0.2.1:40009 server 192.0.2.2:80
        1.8  -> P. 1:101(100) ack 1
        +.02 <- P. 1:101(100) ack 101`,
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "repeat-1", data: "data-1", repeat: "repeat-1" },
          flows: 3,
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "a capture that begins with the first SYN-ACK",
      packets: hung(1, true).replace(/.*-> S {2}0.*\n/, ""),
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "a busy host, on which the first SYN-ACK that comes again may have crossed the data: no cookie's silence",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:8080
        0    -> S  0:0(0)
        .45  <- S. 0:0(0) ack 1 @synack
        1.13 -> .  1:1(0) ack 1
        1.14 -> P. 1:6(5) ack 1 @data
        1.45 <- S. 0:0(0) ack 1
        1.65 -> .  6:6(0) ack 1
        3.1  -> P. 1:6(5) ack 1
        3.6  <- S. 0:0(0) ack 1 @repeat
        3.6  -> .  6:6(0) ack 1
        6.7  -> P. 1:6(5) ack 1
        13.8 -> P. 1:6(5) ack 1
        13.8 <- R  1:1(0)`,
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "SYN-ACKs 1, 3, 7, 15 and 31 s after the first, on loopback, until a retransmission finds room",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:8080
        0       -> S  0:0(0)       <mss 65495,sackOK,TS val 500 ecr 0,wscale 7>
        0.00002 <- S. 0:0(0) ack 1 <mss 65483,sackOK,TS val 500 ecr 500,wscale 7> @synack
        0.00003 -> .  1:1(0) ack 1
        0.005   -> P. 1:6(5) ack 1 @data
        0.206   -> P. 1:6(5) ack 1
        0.614   -> P. 1:6(5) ack 1
        1.01    <- S. 0:0(0) ack 1 @repeat
        1.01    -> .  6:6(0) ack 1
        1.438   -> P. 1:6(5) ack 1
        3.02    <- S. 0:0(0) ack 1
        3.02    -> .  6:6(0) ack 1
        3.102   -> P. 1:6(5) ack 1
        6.43    -> P. 1:6(5) ack 1
        7.3     <- S. 0:0(0) ack 1
        7.3     -> .  6:6(0) ack 1
        13.09   -> P. 1:6(5) ack 1
        15.4    <- S. 0:0(0) ack 1
        15.4    -> .  6:6(0) ack 1
        26.4    -> P. 1:6(5) ack 1
        31.6    <- S. 0:0(0) ack 1
        31.6    -> .  6:6(0) ack 1
        53.005  -> P. 1:6(5) ack 1
        53.005  <- .  1:1(0) ack 6`,
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          data: { listener: "127.0.0.1:8080", hungFlows: 1, worstSeconds: "53.0", ending: "all recovered" },
          confidence: "strong",
          vantage: "server-host",
        },
      ],
    },
    {
      name: "a hang that the capture does not see the end of",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:8080
        0    -> S  0:0(0)
        +0   <- S. 0:0(0) ack 1 @synack
        +0   -> .  1:1(0) ack 1
        +0   -> P. 1:6(5) ack 1 @data
        +.2  -> P. 1:6(5) ack 1
        +.8  <- S. 0:0(0) ack 1 @repeat
        +0   -> .  6:6(0) ack 1
        +2   <- S. 0:0(0) ack 1
        +62  <- R  1:1(0)`,
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          data: { ending: "none recovered in the capture" },
        },
      ],
    },
    {
      name: "the report of 2003: 3.5 s later, answered with a D-SACK, the TSecr that of the data",
      packets: `
        0          -> S  0:0(0)       <mss 16396,sackOK,TS val 19532971 ecr 0,nop,wscale 11>
        +.000036   <- S. 0:0(0) ack 1 <mss 16396,sackOK,TS val 19532971 ecr 19532971,nop,wscale 11> @synack
        +.000050   -> .  1:1(0) ack 1 <nop,nop,TS val 19532971 ecr 19532971>
        +.027163   -> P. 1:6(5) ack 1 <nop,nop,TS val 19532999 ecr 19532971> @data
        +3.528048  <- S. 0:0(0) ack 1 <mss 16396,sackOK,TS val 19536527 ecr 19532999,nop,wscale 11> @repeat
        +.000093   -> .  6:6(0) ack 1 <nop,nop,TS val 19536527 ecr 19536527,nop,nop,sack 0:1>`,
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a single hang off loopback is no more than a warning: the path may have lost everything",
      packets: hung(39_999, true),
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "a repeated SYN leaves open which TSval the SYN-ACK echoes: no proof of receipt",
      packets: `
        0    -> S  0:0(0) <TS val 1000 ecr 0>
        1    -> S  0:0(0) <TS val 2000 ecr 0>
        1.02 <- S. 0:0(0) ack 1 <TS val 9000 ecr 2000> @synack
        1.02 -> .  1:1(0) ack 1 <TS val 2020 ecr 9000>
        1.02 -> P. 1:6(5) ack 1 <TS val 2021 ecr 9000> @data
        2.2  <- S. 0:0(0) ack 1 <TS val 10180 ecr 2000>
        3.2  <- S. 0:0(0) ack 1 <TS val 11180 ecr 2000> @repeat`,
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "a single hang at a listener that serves others meanwhile, against every segment of the client",
      packets: hung(39_999, true, `connection 2\n${served}\nconnection 1`) + taker(0.01),
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          data: { hungFlows: 1, listenerFlows: 3 },
          confidence: "strong",
        },
      ],
    },
    {
      name: "the same where nobody took the place that there was for its SYN: a filter before the listener, perhaps",
      packets: hung(39_999, true, `connection 2\n${served}\nconnection 1`) + taker(0.03),
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "the same while an open connection of the client is cut off: the path loses some, perhaps",
      packets: `
        connection 7 client 192.0.2.1:40070 server 192.0.2.2:80
        0    -> P. 1:101(100) ack 1
        +.02 <- P. 1:101(100) ack 101
        +.1  -> P. 101:201(100) ack 101
        connection 1
        ${hung(
          39_999,
          true,
          `connection 7
           +0   -> P. 101:201(100) ack 101
           connection 2
           ${served}
           connection 1`,
        )}
        connection 7
        +.4  -> P. 101:201(100) ack 101
        +.8  -> P. 101:201(100) ack 101
        ${taker(0.13)}`,
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "a single hang at a listener that serves others after the last retransmission that was in vain",
      packets: `
        0     -> S  0:0(0)
        +.02  <- S. 0:0(0) ack 1 @synack
        +0    -> .  1:1(0) ack 1
        +.001 -> P. 1:6(5) ack 1 @data
        +.2   -> P. 1:6(5) ack 1
        +.4   -> P. 1:6(5) ack 1
        +.8   -> P. 1:6(5) ack 1
        connection 2
        +4    -> S  0:0(0)
        ${served.slice(served.indexOf("+.02"))}
        connection 1
        +1    <- S. 0:0(0) ack 1 @repeat
        +0    -> .  6:6(0) ack 1
        +1    -> P. 1:6(5) ack 1
        +.02  <- .  1:1(0) ack 6
        ${taker(0.01)}`,
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "a single hang at a listener that serves others later: the way there may have been shut until then",
      packets: `${hung(39_999, true)}\nconnection 2\n${served}${taker(0.01)}`,
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          data: { hungFlows: 1, listenerFlows: 3 },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "a SYN proxy, and the server's own SYN-ACK behind the data: others fare well, and yet no more than a warning",
      packets: `
        0     -> S  0:0(0)
        +.02  <- S. 0:0(0) ack 1 {ttl 250} @synack
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:6(5) ack 1 @data
        +.2   -> P. 1:6(5) ack 1
        +.1   <- S. 0:0(0) ack 1 {ttl 52} @repeat
        +0    -> .  6:6(0) ack 1
        +.1   -> P. 1:6(5) ack 1
        +.02  <- .  1:1(0) ack 6 {ttl 52}
        connection 2
        ${served}
        ${taker(0.01)}`,
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "the same, told by the window: a listener would repeat its own",
      packets: `
        0     -> S  0:0(0)
        +.02  <- S. 0:0(0) ack 1 win 0 @synack
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:6(5) ack 1 @data
        +.2   -> P. 1:6(5) ack 1
        +.1   <- S. 0:0(0) ack 1 win 28960 @repeat
        +0    -> .  6:6(0) ack 1
        +.1   -> P. 1:6(5) ack 1
        +.02  <- .  1:1(0) ack 6
        connection 2
        ${served}
        ${taker(0.01)}`,
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack", data: "data", repeat: "repeat" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "three connections of one listener that hang at once are one finding",
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
        repeat 3 every 0.005 {
          +0    -> S  0:0(0)
          +.02  <- S. 0:0(0) ack 1 @synack
          +0    -> .  1:1(0) ack 1
          +.001 -> P. 1:6(5) ack 1 @data
          +.2   -> P. 1:6(5) ack 1
          +.8   <- S. 0:0(0) ack 1 @repeat
          +0    -> .  6:6(0) ack 1
          +.6   -> P. 1:6(5) ack 1
          +.02  <- .  1:1(0) ack 6
        }
        ${taker(0.014)}`,
      findings: [
        {
          messageId: "repeated",
          evidence: { synack: "synack-1", data: "data-1", repeat: "repeat-1" },
          data: { hungFlows: 3, listenerFlows: 4, connections: "connections" },
          flows: 3,
          confidence: "strong",
        },
      ],
    },
    {
      name: "three that hang for long at once while nobody else is served",
      packets: threeHangLong(""),
      findings: [{ ...THREE_HANG, confidence: "strong" }],
    },
    {
      name: "the same beside a silent one that began before the capture, which the server need not hold either",
      packets: `${threeHangLong("")}
        connection 8 client 192.0.2.1:40080 server 192.0.2.2:8080
        ${[0.2, 0.4, 0.8, 1.6, 3.2].map((second) => `${second} -> P. 1:6(5) ack 1`).join("\n")}
        connection 9 client 192.0.2.1:40090 server 192.0.2.2:81
        1.5  -> P. 1:101(100) ack 1
        +.02 <- P. 1:101(100) ack 101`,
      findings: [{ ...THREE_HANG, confidence: "strong" }],
    },
    {
      name: "the same where nobody took the place that there was for their SYNs: a filter that drops all but SYNs, perhaps",
      packets: threeHangLong("", false, false),
      findings: [{ ...THREE_HANG, confidence: "weak", severity: "warning" }],
    },
    {
      name: "the same while the listener serves another at once: its queue has room, and something on the way takes their data",
      packets: threeHangLong(servedWithin(".05")),
      findings: [{ ...THREE_HANG, confidence: "weak", severity: "warning" }],
    },
    {
      name: "the same while another waits to be served: it stands behind those in the queue",
      packets: threeHangLong(servedWithin(".2")),
      findings: [{ ...THREE_HANG, confidence: "strong" }],
    },
    {
      name: "the same over loopback, where nothing takes anything on the way",
      ipVersion: 4,
      packets: threeHangLong(servedWithin(".05"))
        .replaceAll("192.0.2.1", "127.0.0.1")
        .replaceAll("192.0.2.2", "127.0.0.1"),
      findings: [{ ...THREE_HANG, confidence: "strong" }],
    },
    {
      name: "three that hang at once while what the client acknowledges is repeated to it: its segments do not arrive",
      packets: threeHangLong("", true),
      findings: [{ ...THREE_HANG, confidence: "weak", severity: "warning" }],
    },
    {
      name: "a client that hangs at servers of three networks, each of which serves others: its own way there, perhaps",
      ipVersion: 4,
      packets: NETWORKS.map(
        (server, index) => `
        connection ${index + 1} client 192.168.0.9:${40_000 + index} server ${server}:80
        ${hung(index, true).replace(/@(\w+)/g, `@$1-${index}`)}
        connection ${index + 11} client 192.168.0.8:${40_000 + index} server ${server}:80
        ${served}`,
      )
        .concat(
          // Each of them takes 1.484 s.
          NETWORKS.map((server, index) =>
            taker(
              (10 + index * 1484) / 1000,
              `${index + 21} client 192.168.0.8:${40_020 + index} server ${server}:80`,
            ),
          ),
        )
        .join("\n"),
      findings: NETWORKS.map((_, index) => ({
        messageId: "repeated",
        evidence: { synack: `synack-${index}`, data: `data-${index}`, repeat: `repeat-${index}` },
        data: { hungFlows: 1, listenerFlows: 3 },
        confidence: "weak" as const,
        severity: "warning" as const,
      })),
    },
    {
      name: "hangs at two listeners are two findings",
      ipVersion: 4,
      packets: [8080, 8081]
        .map(
          (port, index) => `
        connection ${index + 1} client 127.0.0.1:${40_000 + index} server 127.0.0.1:${port}
        +0   -> S  0:0(0)
        +0   <- S. 0:0(0) ack 1 @synack-${port}
        +0   -> .  1:1(0) ack 1
        +0   -> P. 1:6(5) ack 1 @data-${port}
        +1   <- S. 0:0(0) ack 1 @repeat-${port}
        +.4  -> P. 1:6(5) ack 1
        +0   <- .  1:1(0) ack 6`,
        )
        .join("\n"),
      findings: [8080, 8081].map((port) => ({
        messageId: "repeated",
        evidence: { synack: `synack-${port}`, data: `data-${port}`, repeat: `repeat-${port}` },
        data: { listener: `127.0.0.1:${port}` },
        confidence: "strong" as const,
      })),
    },
  ],

  valid: [
    { name: "a connection that is served at once", packets: served },
    {
      name: "begun late: a SYN-ACK that may have crossed the data",
      packets: begunLate(OVER_LOOPBACK).replace("1.4  <-", "0.4  <-"),
    },
    {
      name: "begun late: a SYN-ACK of another connection on the same ports",
      packets: begunLate(OVER_LOOPBACK, "<- S. 70000:70000(0) ack 70001"),
    },
    {
      name: "begun late: a SYN-ACK of long ago, of a server that holds the connection",
      packets: begunLate(OVER_LOOPBACK).replace("  1.4", "  1.2 <- . 1:1(0) ack 1\n  1.4"),
    },
    {
      name: "begun late: the client had heard of the server",
      packets: begunLate(OVER_LOOPBACK).replaceAll("ack 1 ", "ack 101 "),
    },
    {
      name: "a handshake ACK lost on the way: the SYN-ACK comes again before there is data",
      packets: `
        0     -> S  0:0(0)
        +.02  <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1 // lost behind the capture
        +1    <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +1.5  -> P. 1:6(5) ack 1
        +.02  <- .  1:1(0) ack 6`,
    },
    {
      name: "TCP_DEFER_ACCEPT: the SYN-ACK comes again to a silent client, and its data is accepted",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:8080
        0    -> S  0:0(0)
        +0   <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1
        7.3  <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1
        8    -> P. 1:6(5) ack 1
        +0   <- .  1:1(0) ack 6`,
    },
    {
      name: "a repeated SYN-ACK that crosses the data on a long path",
      packets: `
        0     -> S  0:0(0)
        .3    <- S. 0:0(0) ack 1
        .3    -> .  1:1(0) ack 1 // lost behind the capture
        1.25  -> P. 1:6(5) ack 1
        1.3   <- S. 0:0(0) ack 1
        1.3   -> .  6:6(0) ack 1
        1.55  <- .  1:1(0) ack 6`,
    },
    {
      name: "a SYN-ACK that crosses data whose answer takes long",
      packets: `
        0     -> S  0:0(0)
        .3    <- S. 0:0(0) ack 1
        .3    -> .  1:1(0) ack 1
        1.25  -> P. 1:6(5) ack 1
        1.3   <- S. 0:0(0) ack 1
        1.3   -> .  6:6(0) ack 1
        2.2   <- .  1:1(0) ack 6`,
    },
    {
      name: "a second SYN-ACK that answers a second SYN",
      packets: `
        0     -> S  0:0(0)
        1     -> S  0:0(0)
        1.01  <- S. 0:0(0) ack 1
        1.01  -> .  1:1(0) ack 1
        1.02  -> P. 1:6(5) ack 1
        1.2   <- S. 0:0(0) ack 1
        1.2   -> .  6:6(0) ack 1
        1.23  -> P. 1:6(5) ack 1
        1.24  <- .  1:1(0) ack 6`,
    },
    {
      name: "a SYN-ACK that the network doubled, or that arrives behind the data",
      packets: `
        0      -> S  0:0(0)
        +.02   <- S. 0:0(0) ack 1 {id 7}
        +0     -> .  1:1(0) ack 1
        +0     -> P. 1:6(5) ack 1
        +.0005 <- S. 0:0(0) ack 1 {id 7, ttl 63}
        +.01   <- S. 0:0(0) ack 1 {id 7, ttl 62}
        +.01   <- .  1:1(0) ack 6`,
    },
    {
      name: "a SYN-ACK that a short path delivers twice, and a first answer that takes its time",
      packets: `
        0      -> S  0:0(0)
        +.0002 <- S. 0:0(0) ack 1
        +.0002 -> .  1:1(0) ack 1
        +.0002 -> P. 1:6(5) ack 1
        +.005  <- S. 0:0(0) ack 1
        +.07   <- .  1:1(0) ack 6`,
    },
    {
      name: "every frame recorded twice",
      packets: `
        0      -> S  0:0(0)
        +.00001 -> S  0:0(0) {copy}
        +.02   <- S. 0:0(0) ack 1
        +.00001 <- S. 0:0(0) ack 1 {copy}
        +0     -> .  1:1(0) ack 1
        +.00001 -> .  1:1(0) ack 1 {copy}
        +0     -> P. 1:6(5) ack 1
        +.00001 -> P. 1:6(5) ack 1 {copy}
        +.02   <- .  1:1(0) ack 6
        +.00001 <- .  1:1(0) ack 6 {copy}`,
    },
    {
      name: "a simultaneous open",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S  0:0(0)
        +.02  -> S. 0:0(0) ack 1
        +.001 <- S. 0:0(0) ack 1
        +.02  -> P. 1:6(5) ack 1
        +1    <- S. 0:0(0) ack 1
        +0    -> P. 1:6(5) ack 1
        +.5   <- .  1:1(0) ack 6`,
    },
    {
      name: "a socket connected to itself",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:40000
        0    -> S  0:0(0)
        +0   -> S. 0:0(0) ack 1
        +0   -> P. 1:6(5) ack 1
        +1   -> S. 0:0(0) ack 1
        +.2  -> P. 1:6(5) ack 1`,
    },
    {
      name: "TCP Fast Open: data in the SYN, sent again by itself",
      packets: `
        0     -> S  0:5(5) <fastopen 0011223344556677>
        +.02  <- S. 0:0(0) ack 1
        +0    -> P. 1:6(5) ack 1
        +.3   -> P. 1:6(5) ack 1
        +.8   <- S. 0:0(0) ack 1
        +.02  <- .  1:1(0) ack 6`,
    },
    {
      name: "a capture without the server's segments but its SYN-ACKs, where the client acknowledges an answer",
      packets: `
        0    -> S  0:0(0)
        +.02 <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1
        +0   -> P. 1:6(5) ack 1
        +1   <- S. 0:0(0) ack 1
        +0   -> .  6:6(0) ack 101
        +.3  -> P. 6:9(3) ack 201`,
    },
    {
      name: "a SYN-ACK behind the server's first acknowledgment",
      packets: `
        0    -> S  0:0(0)
        +.02 <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1
        +0   -> P. 1:6(5) ack 1
        +.02 <- .  1:1(0) ack 6
        +1   <- S. 0:0(0) ack 1`,
    },
  ],
});
