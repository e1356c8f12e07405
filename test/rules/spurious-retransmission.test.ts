import { spuriousRetransmission } from "../../src/rules/spurious-retransmission.js";
import { testRule } from "../support/rule-tester.js";

const handshake = `
  0    -> S  0:0(0) <mss 1000,sackOK>
  +.02 <- S. 0:0(0) ack 1 <mss 1000,sackOK>
  +0   -> .  1:1(0) ack 1`;

testRule(spuriousRetransmission, {
  invalid: [
    {
      name: "a timeout while the path stood still, reported by a D-SACK",
      packets: `${handshake}
        +.01  -> P. 1:1001(1000) ack 1
        +.02  <- .  1:1(0) ack 1001
        +.01  -> P. 1001:2001(1000) ack 1 @original
        +0    -> P. 2001:3001(1000) ack 1
        +.35  -> P. 1001:2001(1000) ack 1 @again
        +.005 <- .  1:1(0) ack 3001
        +.02  <- .  1:1(0) ack 3001 <sack 1001:2001>`,
      findings: [
        {
          messageId: "needless",
          evidence: { original: "original", retransmission: "again" },
          data: { side: "client", segments: "1 segment", dsacks: 1 },
        },
      ],
    },
    {
      name: "all that followed a loss, on a connection without SACK blocks",
      packets: `${handshake}
        +.01  -> P. 1:1001(1000) ack 1
        +0    -> .  1001:2001(1000) ack 1 @original
        +0    -> .  2001:3001(1000) ack 1
        +0    -> .  3001:4001(1000) ack 1
        +.02  <- .  1:1(0) ack 1
        +0    <- .  1:1(0) ack 1
        +.3   -> P. 1:1001(1000) ack 1
        +.001 -> .  1001:2001(1000) ack 1 @again
        +.001 -> .  2001:3001(1000) ack 1
        +.018 <- .  1:1(0) ack 4001`,
      findings: [
        {
          messageId: "needless",
          evidence: { original: "original", retransmission: "again" },
          data: { side: "client", segments: "2 segments", timeouts: 2, dsacks: 0 },
        },
      ],
    },
  ],

  valid: [
    {
      name: "a timeout that was needed",
      packets: `${handshake}
        +.01 -> P. 1:1001(1000) ack 1
        +.02 <- .  1:1(0) ack 1001
        +.01 -> P. 1001:2001(1000) ack 1
        +.25 -> P. 1001:2001(1000) ack 1
        +.02 <- .  1:1(0) ack 2001`,
    },
    {
      name: "keepalives of one octet, which had arrived, of course",
      packets: `${handshake}
        +.01 -> P. 1:1001(1000) ack 1
        +.02 <- .  1:1(0) ack 1001
        +10  -> .  1000:1001(1) ack 1
        +.02 <- .  1:1(0) ack 1001 <sack 1000:1001>`,
    },
  ],
});
