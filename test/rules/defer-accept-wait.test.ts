import { deferAcceptWait } from "../../src/rules/defer-accept-wait.js";
import { testRule } from "../support/rule-tester.js";

testRule(deferAcceptWait, {
  invalid: [
    {
      name: "a SYN-ACK that first comes again after 7 s, the data of a patient client accepted",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1 @synack
        +0    -> .  1:1(0) ack 1 @ack
        +7.3  <- S. 0:0(0) ack 1 @repeat
        +0    -> .  1:1(0) ack 1
        +.7   -> P. 1:6(5) ack 1 @data
        +.001 <- .  1:1(0) ack 6`,
      findings: [
        {
          messageId: "deferred",
          evidence: { synack: "synack", ack: "ack", repeat: "repeat", data: "data" },
          data: { deferredFlows: 1, listenerFlows: 1, worstSeconds: "8.0", repeatSeconds: "7.3" },
          confidence: "strong",
        },
      ],
    },
  ],

  valid: [
    {
      name: "a handshake ACK lost on the way: the SYN-ACK comes again after 1 s",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +1    <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +7    -> P. 1:6(5) ack 1
        +.001 <- .  1:1(0) ack 6`,
    },
    {
      name: "a client that is idle behind an ordinary listener",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +8    -> P. 1:6(5) ack 1
        +.001 <- .  1:1(0) ack 6`,
    },
    {
      name: "a second SYN that is answered like the first",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +3    -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:6(5) ack 1
        +.001 <- .  1:1(0) ack 6`,
    },
    {
      name: "a client that stays silent, and a listener that resets it in the end",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +7.3  <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +8    <- R  1:1(0)`,
    },
    {
      name: "a client that speaks when the listener has given the connection up",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +7.3  <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +20   -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)`,
    },
    {
      name: "a client that closes without a word",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +7.3  <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +.7   -> F. 1:1(0) ack 1
        +.001 <- F. 1:1(0) ack 2
        +0    -> .  2:2(0) ack 2`,
    },
  ],
});
