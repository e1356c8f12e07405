import { handshakeAckDropped } from "../../src/rules/handshake-ack-dropped.js";
import { testRule } from "../support/rule-tester.js";

/** Three connections whose first data gets through only with its second retransmission. */
const threeHang = `
  connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
  repeat 3 every 0.001 {
    +0    -> S  0:0(0)
    +.02  <- S. 0:0(0) ack 1 @synack
    +0    -> .  1:1(0) ack 1 @ack
    +.001 -> P. 1:6(5) ack 1 @data
    +.2   -> P. 1:6(5) ack 1 @retransmission
    +.4   -> P. 1:6(5) ack 1
    +.02  <- .  1:1(0) ack 6
  }`;

/**
 * A connection to the same listener that is served while the others hang; it completes its handshake at that second, with 0.01 in time to
 * take the place that there was for theirs.
 */
const served = (second: number) => `
  connection 9
  0         -> S  0:0(0)
  +.002     <- S. 0:0(0) ack 1
  ${second} -> .  1:1(0) ack 1
  0.12      -> P. 1:6(5) ack 1
  +.02      <- .  1:1(0) ack 6`;

const THREE = {
  messageId: "dropped",
  evidence: {
    synack: "synack-1",
    ack: "ack-1",
    data: "data-1",
    retransmission: "retransmission-1",
  },
  data: { hungFlows: 3, listenerFlows: 4 },
  flows: 3,
} as const;

testRule(handshakeAckDropped, {
  invalid: [
    {
      name: "first data on loopback that only its retransmission brings home",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:38058 server 127.0.0.1:7000
        0      -> S  0:0(0)       <sackOK,TS val 521 ecr 0,wscale 7>
        +0     <- S. 0:0(0) ack 1 <sackOK,TS val 521 ecr 521,wscale 7> @synack
        +0     -> .  1:1(0) ack 1 <TS val 521 ecr 521> @ack
        +.02   -> P. 1:2(1) ack 1 <TS val 541 ecr 521> @data
        +.209  -> P. 1:2(1) ack 1 <TS val 750 ecr 521> @retransmission
        +0     <- .  1:1(0) ack 2 <TS val 750 ecr 750>
        +.002  <- P. 1:2(1) ack 2 <TS val 752 ecr 750>`,
      findings: [
        {
          messageId: "dropped",
          evidence: { synack: "synack", ack: "ack", data: "data", retransmission: "retransmission" },
          data: { listener: "127.0.0.1:7000", worstSeconds: "0.2", ending: "all recovered", port: 7000 },
          confidence: "strong",
          vantage: "server-host",
        },
      ],
    },
    {
      name: "several connections on loopback are one finding, whose evidence is the longest hang",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:80
        0     -> S  0:0(0)
        +0    <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:6(5) ack 1
        +.2   -> P. 1:6(5) ack 1
        +0    <- .  1:1(0) ack 6
        connection 2 client 127.0.0.1:40001 server 127.0.0.1:80
        0.01  -> S  0:0(0)
        +0    <- S. 0:0(0) ack 1 @synack
        +0    -> .  1:1(0) ack 1 @ack
        +0    -> P. 1:6(5) ack 1 @data
        +.2   -> P. 1:6(5) ack 1 @retransmission
        +.4   -> P. 1:6(5) ack 1
        +0    <- .  1:1(0) ack 6`,
      findings: [
        {
          messageId: "dropped",
          evidence: { synack: "synack", ack: "ack", data: "data", retransmission: "retransmission" },
          data: { hungFlows: 2, listenerFlows: 2, worstSeconds: "0.6" },
          flows: 2,
        },
      ],
    },
    {
      name: "three connections that hang at once off loopback while the listener answers another",
      packets: threeHang + served(0.01),
      findings: [{ ...THREE, confidence: "strong" }],
    },
    {
      name: "the same where nobody took the place that there was for their SYNs: a filter before the listener, perhaps",
      packets: threeHang + served(0.1),
      findings: [{ ...THREE, confidence: "weak", severity: "warning" }],
    },
  ],

  valid: [
    {
      name: "first data that comes twice within less than a timer, and an answer that takes its time",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:38058 server 127.0.0.1:88
        0       -> S  0:0(0)
        +0      <- S. 0:0(0) ack 1
        +0      -> .  1:1(0) ack 1
        +.00001 -> P. 1:6(5) ack 1
        +.0001  -> P. 1:6(5) ack 1
        +1      <- .  1:1(0) ack 6`,
    },
    {
      name: "a connection that was recorded twice, a second apart",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:38058 server 127.0.0.1:88
        0       -> S  0:0(0)
        +0      <- S. 0:0(0) ack 1
        +0      -> .  1:1(0) ack 1
        +.00001 -> P. 1:6(5) ack 1
        +1      -> S  0:0(0)
        +0      <- S. 0:0(0) ack 1
        +0      -> .  1:1(0) ack 1
        +.00001 -> P. 1:6(5) ack 1
        +0      <- .  1:1(0) ack 6`,
    },
    {
      name: "one lost first data segment off loopback",
      packets: `
        0     -> S  0:0(0)
        +.02  <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:6(5) ack 1 // lost behind the capture
        +.22  -> P. 1:6(5) ack 1
        +.02  <- .  1:1(0) ack 6`,
    },
    {
      name: "first data lost twice off loopback, and a slow retransmission timer",
      packets: `
        0     -> S  0:0(0)
        1     -> S  0:0(0)
        1.1   <- S. 0:0(0) ack 1
        +.1   -> .  1:1(0) ack 1
        +0    -> P. 1:6(5) ack 1
        +3    -> P. 1:6(5) ack 1
        +6    -> P. 1:6(5) ack 1
        +.07  <- P. 1:9(8) ack 6`,
    },
    {
      name: "an outage of the path that catches several handshakes: nobody is answered meanwhile",
      packets: threeHang,
    },
    {
      name: "several connections that each lose one segment, while the listener answers another",
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
        repeat 4 every 0.01 {
          +0    -> S  0:0(0)
          +.02  <- S. 0:0(0) ack 1
          +0    -> .  1:1(0) ack 1
          +0    -> P. 1:6(5) ack 1
          +.2   -> P. 1:6(5) ack 1
          +.02  <- .  1:1(0) ack 6
        }
        ${served(0.01)}`,
    },
    {
      name: "two connections that hang at once while the listener answers another",
      packets: threeHang.replace("repeat 3", "repeat 2") + served(0.01),
    },
    {
      name: "first data lost three times within the listener's first second",
      packets: `
        0     -> S  0:0(0)
        +.02  <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:6(5) ack 1
        +.2   -> P. 1:6(5) ack 1
        +.3   -> P. 1:6(5) ack 1
        +.5   -> P. 1:6(5) ack 1
        +.02  <- .  1:1(0) ack 6`,
    },
    {
      name: "a tail loss probe that comes before the delayed acknowledgment",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:80
        0     -> S  0:0(0)
        +0    <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:6(5) ack 1
        +.02  -> P. 1:6(5) ack 1
        +.02  <- .  1:1(0) ack 6`,
    },
    {
      name: "a spurious retransmission on loopback that delays",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:80
        0     -> S  0:0(0)       <TS val 1000 ecr 0>
        +.05  <- S. 0:0(0) ack 1 <TS val 1050 ecr 1000>
        +0    -> .  1:1(0) ack 1 <TS val 1050 ecr 1050>
        +.01  -> P. 1:6(5) ack 1 <TS val 1060 ecr 1050>
        +.25  -> P. 1:6(5) ack 1 <TS val 1310 ecr 1050>
        +.15  <- .  1:1(0) ack 6 <TS val 1460 ecr 1060>`,
    },
    {
      name: "spurious retransmissions on a path slower than the timer: the answer echoes the first transmission",
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
        repeat 4 every 0.05 {
          +0    -> S  0:0(0)       <TS val 1000 ecr 0>
          +.05  <- S. 0:0(0) ack 1 <TS val 5000 ecr 1000>
          +0    -> .  1:1(0) ack 1 <TS val 1050 ecr 5000>
          +.01  -> P. 1:6(5) ack 1 <TS val 1060 ecr 5000>
          +.25  -> P. 1:6(5) ack 1 <TS val 1310 ecr 5000>
          +.5   -> P. 1:6(5) ack 1 <TS val 1810 ecr 5000>
          +.05  <- .  1:1(0) ack 6 <TS val 5430 ecr 1060>
        }`,
    },
    {
      name: "an acknowledgment as late as two round trips",
      packets: `
        0     -> S  0:0(0)
        +.6   <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:6(5) ack 1
        +1    -> P. 1:6(5) ack 1
        +.2   <- .  1:1(0) ack 6`,
    },
    {
      name: "first data of full size that the path is too narrow for, on many connections",
      others: ["pmtu-blackhole"],
      packets: `
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:443
        repeat 3 every 0.01 {
          +0    -> S  0:0(0)
          +.02  <- S. 0:0(0) ack 1
          +0    -> .  1:1(0) ack 1
          +0    -> .  1:1461(1460) ack 1
          +.2   -> .  1:1461(1460) ack 1
          +.4   -> .  1:1461(1460) ack 1
          +.8   -> .  1:1461(1460) ack 1
        }`,
    },
    {
      name: "keepalive probes on an idle connection",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:80
        0     -> S  0:0(0)
        +0    <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +75   -> .  0:1(1) ack 1
        +75   -> .  0:1(1) ack 1
        +75   -> .  0:0(0) ack 1
        +0    <- .  1:1(0) ack 1`,
    },
    {
      name: "a simultaneous open whose first data is lost",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S  0:0(0)
        +.02  -> S. 0:0(0) ack 1
        +.001 <- S. 0:0(0) ack 1
        +.02  -> P. 1:6(5) ack 1
        +.2   -> P. 1:6(5) ack 1
        +.4   -> P. 1:6(5) ack 1
        +.8   -> P. 1:6(5) ack 1
        +.02  <- .  1:1(0) ack 6`,
    },
    {
      name: "a socket connected to itself that repeats",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:40000
        0   -> S  0:0(0)
        +0  -> S. 0:0(0) ack 1
        +0  -> P. 1:6(5) ack 1
        +.2 -> P. 1:6(5) ack 1
        +.4 -> P. 1:6(5) ack 1
        +.8 -> P. 1:6(5) ack 1`,
    },
    {
      name: "TCP Fast Open: data of the SYN that is sent again behind the handshake",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:80
        0   -> S  0:5(5) <fastopen 0011223344556677>
        +0  <- S. 0:0(0) ack 1
        +0  -> P. 1:6(5) ack 1
        +.2 -> P. 1:6(5) ack 1
        +.4 -> P. 1:6(5) ack 1
        +.8 -> P. 1:6(5) ack 1
        +0  <- .  1:1(0) ack 6`,
    },
    {
      name: "a server that speaks first and never does, and a client that gives up: its FIN is no data",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:25
        0   -> S  0:0(0)
        +0  <- S. 0:0(0) ack 1
        +0  -> .  1:1(0) ack 1
        +60 -> F. 1:1(0) ack 1
        +.2 -> F. 1:1(0) ack 1
        +.4 -> F. 1:1(0) ack 1
        +.8 -> F. 1:1(0) ack 1`,
    },
    {
      name: "a capture of what clients send and of SYN-ACKs",
      packets: `
        repeat 5 every 0.3 {
          +0    -> S  0:0(0)
          +.01  <- S. 0:0(0) ack 1
          +0    -> .  1:1(0) ack 1
          +0    -> P. 1:6(5) ack 1
          +.001 -> .  6:6(0) ack 201
          +.1   -> F. 6:6(0) ack 201
          +.001 -> .  7:7(0) ack 202
        }`,
    },
    {
      name: "a capture that begins in mid-stream",
      others: ["unaccepted-connection"],
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:80
        0     -> P. 1:6(5) ack 1
        +.2   -> P. 1:6(5) ack 1
        +.4   -> P. 1:6(5) ack 1
        +.8   -> P. 1:6(5) ack 1`,
    },
    {
      name: "a capture of one direction",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:80
        0     -> S  0:0(0)
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:6(5) ack 1
        +.2   -> P. 1:6(5) ack 1
        +.4   -> P. 1:6(5) ack 1`,
    },
    {
      name: "a reset right after the handshake, as tcp_abort_on_overflow sends it",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:80
        0     -> S  0:0(0)
        +0    <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    <- R  1:1(0)
        +.004 -> P. 1:6(5) ack 1
        +0    <- R  1:1(0)`,
    },
    {
      name: "a server that acknowledges at once and answers late",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:80
        0     -> S  0:0(0)
        +0    <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:6(5) ack 1
        +0    <- .  1:1(0) ack 6
        +30   <- P. 1:6(5) ack 6`,
    },
    {
      name: "the first data recorded twice",
      ipVersion: 4,
      packets: `
        connection 1 client 127.0.0.1:40000 server 127.0.0.1:80
        0      -> S  0:0(0)
        +0     <- S. 0:0(0) ack 1
        +0     -> .  1:1(0) ack 1
        +0     -> P. 1:6(5) ack 1
        +.0001 -> P. 1:6(5) ack 1 {copy}
        +.3    <- .  1:1(0) ack 6`,
    },
  ],
});
