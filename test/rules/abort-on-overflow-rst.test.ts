import { abortOnOverflowRst } from "../../src/rules/abort-on-overflow-rst.js";
import { testRule } from "../support/rule-tester.js";

const served = (at: string) => `
  connection 9
  ${at} -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1
  +0    -> P. 1:6(5) ack 1
  +.001 <- P. 1:6(5) ack 6`;

const allEvidence = { synack: "synack", ack: "ack", rst: "rst" };

testRule(abortOnOverflowRst, {
  invalid: [
    {
      name: "two connections at a listener that answers on, the data of which draws a RST, too",
      packets: `
        connection 1
        repeat 2 every 0.0001 {
          +0    -> S  0:0(0)
          +.001 <- S. 0:0(0) ack 1 @synack
          +0    -> .  1:1(0) ack 1 @ack
          +.001 <- R  1:1(0) @rst
          +.004 -> P. 1:6(5) ack 1
          +.001 <- R  1:1(0)
        }
        ${served("1")}`,
      findings: [
        {
          messageId: "reset",
          evidence: { synack: "synack-1", ack: "ack-1", rst: "rst-1" },
          flows: 2,
          data: { resetFlows: 2, listenerFlows: 3, port: 80 },
          confidence: "strong",
        },
      ],
    },
    {
      name: "the last connection of a listener, which may have been closed meanwhile",
      packets: `
        ${served("0")}
        connection 1
        1     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1 @synack
        +0    -> .  1:1(0) ack 1 @ack
        +.001 <- R  1:1(0) @rst`,
      findings: [{ messageId: "reset", evidence: allEvidence, confidence: "weak" }],
    },
    {
      name: "data right behind the ACK, which may have drawn the RST",
      packets: `
        connection 1
        0     -> S  0:0(0)
        +.1   <- S. 0:0(0) ack 1 @synack
        +0    -> .  1:1(0) ack 1 @ack
        +0    -> P. 1:6(5) ack 1
        +.1   <- R  1:1(0) @rst
        ${served("1")}`,
      findings: [{ messageId: "reset", evidence: allEvidence, confidence: "weak" }],
    },
    {
      name: "a cookie that finds no room: the ACK and the first data are dropped, all that follows draws a RST",
      packets: `
        ${served("0")}
        connection 1
        1     -> S  0:0(0)
        +.1   <- S. 0:0(0) ack 1 @synack
        +0    -> .  1:1(0) ack 1 @ack
        +0    -> .  1:1449(1448) ack 1
        +0    -> .  1449:2897(1448) ack 1
        +0    -> P. 2897:3001(104) ack 1
        +.1   <- R  1:1(0) @rst
        +0    <- R  1:1(0)`,
      findings: [{ messageId: "behindCookie", evidence: allEvidence, confidence: "strong" }],
    },
    {
      name: "the same of the only connection that is known of the listener",
      packets: `
        1     -> S  0:0(0)
        +.1   <- S. 0:0(0) ack 1 @synack
        +0    -> .  1:1(0) ack 1 @ack
        +0    -> .  1:1449(1448) ack 1
        +0    -> P. 1449:2001(552) ack 1
        +.1   <- R  1:1(0) @rst`,
      findings: [{ messageId: "behindCookie", evidence: allEvidence, confidence: "weak" }],
    },
    {
      name: "data in two segments, each of which draws a RST as the ACK does",
      packets: `
        connection 1
        1     -> S  0:0(0)
        +.1   <- S. 0:0(0) ack 1 @synack
        +0    -> .  1:1(0) ack 1 @ack
        +0    -> .  1:1449(1448) ack 1
        +0    -> P. 1449:2001(552) ack 1
        +.1   <- R  1:1(0) @rst
        +0    <- R  1:1(0)
        +0    <- R  1:1(0)
        ${served("3")}`,
      findings: [{ messageId: "reset", evidence: allEvidence, confidence: "weak" }],
    },
  ],

  valid: [
    {
      name: "a firewall's RST: it comes from nearer, and has a window as no kernel's",
      packets: `
        connection 1
        repeat 2 every 0.0001 {
          +0    -> S  0:0(0)
          +.001 <- S. 0:0(0) ack 1 {ttl 50}
          +0    -> .  1:1(0) ack 1
          +.001 <- R  1:1(0) win 24862 {ttl 60}
          +.004 -> P. 1:6(5) ack 1
          +.001 <- R  1:1(0) win 24862 {ttl 60}
        }
        ${served("1")}`,
    },
    {
      name: "a server that has ended: whoever comes later is refused",
      packets: `
        ${served("0")}
        connection 1
        repeat 2 every 0.0001 {
          +1    -> S  0:0(0)
          +.001 <- S. 0:0(0) ack 1
          +0    -> .  1:1(0) ack 1
          +.001 <- R  1:1(0)
        }
        connection 8
        +1    -> S  0:0(0)
        +.001 <- R. 0:0(0) ack 1`,
      others: ["syn-refused"],
    },
    {
      name: "a reset by the application, which has an ACK",
      packets: `
        connection 1
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +.001 <- R. 1:1(0) ack 1
        ${served("1")}`,
    },
    {
      name: "a refused connection",
      packets: `
        connection 1
        0     -> S  0:0(0)
        +.001 <- R. 0:0(0) ack 1
        ${served("1")}`,
    },
    {
      name: "a listener of which nothing else is known",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +.001 <- R  1:1(0)`,
    },
    {
      name: "a client that resets its connection itself, as a scanner does",
      packets: `
        connection 1
        repeat 3 every 0.5 {
          +0    -> S  0:0(0)
          +.001 <- S. 0:0(0) ack 1
          +0    -> R  1:1(0)
        }
        ${served("9")}`,
    },
    {
      name: "a RST that comes much later: the idle connection was forgotten",
      packets: `
        connection 1
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +300  -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)
        ${served("400")}`,
    },
    {
      name: "a RST within the connection",
      packets: `
        connection 1
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +.001 <- .  1:1(0) ack 1
        +.001 -> F. 1:1(0) ack 1
        +.001 <- R  1:1(0)
        ${served("1")}`,
    },
  ],
});
