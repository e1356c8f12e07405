import { shutBehindHandshake } from "../outage-scripts.js";
import type { AcceptedCase } from "../rule-tester.js";

/** Handshakes that hang for another reason than a cookie's dropped ACK, or do not hang. */
export const accepted: readonly AcceptedCase[] = [
  {
    name: "a path that is shut for an open connection as well",
    packets: shutBehindHandshake(),
    others: ["blackhole-forward"],
  },
  {
    name: "a server that closes at last, without a word about the data: it held the connection, a filter took the data",
    packets: `
      0     -> S  0:0(0)
      +.02  <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +0    -> P. 1:301(300) ack 1
      +.2   -> P. 1:301(300) ack 1
      +.4   -> P. 1:301(300) ack 1
      +.8   -> P. 1:301(300) ack 1
      +1.6  -> P. 1:301(300) ack 1
      +2    <- F. 1:1(0) ack 1
      +0    -> .  301:301(0) ack 2`,
    others: ["blackhole-forward"],
  },
  {
    name: "a listener that sent its SYN-ACK again, as only one with state does, then gave the request up",
    packets: `
      0    -> S  0:0(0)
      .4   <- S. 0:0(0) ack 1
      1.1  -> .  1:1(0) ack 1
      1.1  -> P. 1:6(5) ack 1
      1.4  <- S. 0:0(0) ack 1
      1.7  -> P. 1:6(5) ack 1
      2.9  -> P. 1:6(5) ack 1
      5.3  -> P. 1:6(5) ack 1
      5.3  <- R  1:1(0)`,
  },
  {
    name: "a server that speaks first, and late",
    packets: `
      0     -> S  0:0(0)
      +.02  <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +20   <- P. 1:21(20) ack 1
      +0    -> .  1:1(0) ack 21
      +0    -> P. 1:6(5) ack 21
      +.02  <- .  21:21(0) ack 6`,
  },
  {
    name: "a server that speaks first and never does: both sides wait, nothing is retransmitted",
    packets: `
      0     -> S  0:0(0)
      +.02  <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +60   -> F. 1:1(0) ack 1`,
  },
  {
    name: "a cookie whose ACK is accepted",
    packets: `
      0     -> S  0:0(0)       <sackOK,TS val 100 ecr 0,wscale 7>
      +.001 <- S. 0:0(0) ack 1 <sackOK,TS val 5056 ecr 100,wscale 7>
      +0    -> .  1:1(0) ack 1 <TS val 101 ecr 5056>
      +0    -> P. 1:6(5) ack 1 <TS val 101 ecr 5056>
      +.001 <- .  1:1(0) ack 6 <TS val 5117 ecr 101>`,
  },
  {
    name: "one lost segment to a server whose SYN-ACK lags its clock by 3 ms: too little for a cookie's",
    packets: `
      0     -> S  0:0(0)       <sackOK,TS val 100 ecr 0,wscale 7>
      +.001 <- S. 0:0(0) ack 1 <sackOK,TS val 5000 ecr 100,wscale 7>
      +0    -> .  1:1(0) ack 1 <TS val 101 ecr 5000>
      +0    -> P. 1:6(5) ack 1 <TS val 101 ecr 5000>
      +.2   -> P. 1:6(5) ack 1 <TS val 301 ecr 5000>
      +.001 <- .  1:1(0) ack 6 <TS val 5204 ecr 301>`,
  },
  {
    name: "one lost segment behind a SYN-ACK that the path held up: its TSval only looks late",
    packets: `
      0     -> S  0:0(0)       <sackOK,TS val 100 ecr 0,wscale 7>
      +.09  <- S. 0:0(0) ack 1 <sackOK,TS val 5010 ecr 100,wscale 7>
      +0    -> .  1:1(0) ack 1 <TS val 190 ecr 5010>
      +0    -> P. 1:6(5) ack 1 <TS val 190 ecr 5010>
      +.3   -> P. 1:6(5) ack 1 <TS val 490 ecr 5010>
      +.02  <- .  1:1(0) ack 6 <TS val 5390 ecr 490>`,
  },
  {
    name: "one lost segment to a server whose clock ticks faster than 1 kHz",
    packets: `
      0     -> S  0:0(0)       <sackOK,TS val 100 ecr 0,wscale 7>
      +.001 <- S. 0:0(0) ack 1 <sackOK,TS val 5000 ecr 100,wscale 7>
      +0    -> .  1:1(0) ack 1 <TS val 101 ecr 5000>
      +0    -> P. 1:6(5) ack 1 <TS val 101 ecr 5000>
      +.249 -> P. 1:6(5) ack 1 <TS val 350 ecr 5000>
      +.001 <- .  1:1(0) ack 6 <TS val 7500 ecr 350>`,
  },
  {
    name: "a late retransmission, meanwhile the clocks have drifted apart",
    packets: `
      0     -> S  0:0(0)       <sackOK,TS val 100 ecr 0,wscale 7>
      +.001 <- S. 0:0(0) ack 1 <sackOK,TS val 5000 ecr 100,wscale 7>
      +0    -> .  1:1(0) ack 1 <TS val 101 ecr 5000>
      +0    -> P. 1:6(5) ack 1 <TS val 101 ecr 5000>
      +30   -> P. 1:6(5) ack 1 <TS val 30101 ecr 5000>
      +.001 <- .  1:1(0) ack 6 <TS val 35012 ecr 30101>`,
  },
  {
    name: "one lost segment to a server that knows neither window scale nor SACK",
    packets: `
      connection 1 client 192.0.2.1:40000 server 192.0.2.2:9100
      0     -> S  0:0(0)       <mss 1460,nop,wscale 8,nop,nop,sackOK>
      +.001 <- S. 0:0(0) ack 1 <mss 1460>
      +0    -> .  1:1(0) ack 1
      +0    -> P. 1:6(5) ack 1
      +.3   -> P. 1:6(5) ack 1
      +.001 <- .  1:1(0) ack 6
      connection 2 client 192.0.2.1:40001 server 192.0.2.2:9100
      2     -> S  0:0(0)       <mss 1460,nop,wscale 8,nop,nop,sackOK>
      +.001 <- S. 0:0(0) ack 1 <mss 1460>
      +0    -> .  1:1(0) ack 1
      +0    -> P. 1:6(5) ack 1
      +.001 <- .  1:1(0) ack 6`,
  },
  {
    name: "data that had arrived, as the first answer's D-SACK tells: the answers before it were lost",
    packets: `
      0     -> S  0:0(0)       <sackOK>
      +.02  <- S. 0:0(0) ack 1 <sackOK>
      +0    -> .  1:1(0) ack 1
      +0    -> P. 1:6(5) ack 1
      +.2   -> P. 1:6(5) ack 1
      +.4   -> P. 1:6(5) ack 1
      +.8   -> P. 1:6(5) ack 1
      +.02  <- .  1:1(0) ack 6 <nop,nop,sack 1:6>`,
  },
  {
    name: "data that had arrived, as the first answer's echo of its first timestamp tells",
    packets: `
      0     -> S  0:0(0)       <TS val 100 ecr 0>
      +.02  <- S. 0:0(0) ack 1 <TS val 5000 ecr 100>
      +0    -> .  1:1(0) ack 1 <TS val 120 ecr 5000>
      +.01  -> P. 1:6(5) ack 1 <TS val 130 ecr 5000>
      +.2   -> P. 1:6(5) ack 1 <TS val 330 ecr 5000>
      +.4   -> P. 1:6(5) ack 1 <TS val 730 ecr 5000>
      +.8   -> P. 1:6(5) ack 1 <TS val 1530 ecr 5000>
      +.02  <- .  1:1(0) ack 6 <TS val 6470 ecr 130>`,
  },
  {
    name: "lost data behind a bare ACK of the server: it holds the connection",
    packets: `
      0     -> S  0:0(0)
      +.2   <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +0    -> P. 1:6(5) ack 1
      +.28  <- .  1:1(0) ack 1
      +.4   -> P. 1:6(5) ack 1
      +1.3  -> P. 1:6(5) ack 1
      +2.6  -> P. 1:6(5) ack 1
      +.2   <- .  1:1(0) ack 6`,
  },
  {
    name: "data whose answers were lost: the first that is captured of them stands behind others",
    packets: `
      0     -> S  0:0(0)
      +.1   <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +0    -> P. 1:81(80) ack 1
      +.4   -> P. 1:81(80) ack 1
      +.7   -> P. 1:81(80) ack 1
      +1.4  -> P. 1:81(80) ack 1
      +.1   <- .  176:176(0) ack 81
      +.5   <- P. 1:176(175) ack 81
      +0    -> .  81:81(0) ack 176`,
  },
  {
    name: "data whose answer comes two seconds after its last repetition: it had been sent before, and was lost",
    packets: `
      0     -> S  0:0(0)
      +.085 <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +0    -> P. 1:117(116) ack 1
      +.3   -> P. 1:117(116) ack 1
      +.3   -> P. 1:117(116) ack 1
      +.6   -> P. 1:117(116) ack 1
      +1.2  -> P. 1:117(116) ack 1
      +2.2  <- P. 1:501(500) ack 117
      +0    -> .  117:117(0) ack 501`,
  },
  {
    name: "data lost in the middle of a connection, however often",
    packets: `
      0     -> S  0:0(0)
      +.02  <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +0    -> P. 1:6(5) ack 1
      +.02  <- .  1:1(0) ack 6
      +1    -> P. 6:11(5) ack 1
      +.2   -> P. 6:11(5) ack 1
      +.4   -> P. 6:11(5) ack 1
      +.8   -> P. 6:11(5) ack 1
      +1.6  -> P. 6:11(5) ack 1
      +.02  <- .  1:1(0) ack 11`,
  },
  {
    name: "SYNs that nobody answers",
    packets: `
      0     -> S  0:0(0)
      +1    -> S  0:0(0)`,
  },
  {
    name: "first data of full size that gets lost for its size",
    others: ["pmtu-blackhole"],
    packets: `
      0     -> S  0:0(0)
      +.02  <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +0    -> .  1:1401(1400) ack 1
      +.2   -> .  1:1401(1400) ack 1
      +.4   -> .  1:1401(1400) ack 1
      +.8   -> .  1:1401(1400) ack 1
      +1.6  -> .  1:1401(1400) ack 1`,
  },
  {
    name: "a segment of the capture's own making: the server's answers were not recorded",
    packets: `
      0     -> S  0:0(0)
      +.02  <- S. 0:0(0) ack 1
      +0    -> .  1:1(0) ack 1
      +0    -> P. 1:6(5) ack 1
      +2    -> P. 1:6(5) ack 1
      +2    -> P. 1:6(5) ack 1
      +2    -> P. 6:9(3) ack 101`,
  },
  {
    name: "a server that answers by RSTs, which the client does not get: it is not silent",
    others: ["rst-unheard"],
    packets: `
      0     -> S  0:0(0)
      +.001 <- S. 0:0(0) ack 1
      +.03  -> .  1:1(0) ack 1
      +0    -> P. 1:6(5) ack 1
      +.001 <- R  1:1(0)
      +.2   -> P. 1:6(5) ack 1
      +.001 <- R  1:1(0)
      +.4   -> P. 1:6(5) ack 1
      +.001 <- R  1:1(0)
      +.8   -> P. 1:6(5) ack 1
      +.001 <- R  1:1(0)
      +1.6  -> P. 1:6(5) ack 1
      +.001 <- R  1:1(0)`,
  },
];
