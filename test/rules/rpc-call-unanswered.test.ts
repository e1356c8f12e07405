import { rpcCallUnanswered } from "../../src/rules/rpc-call-unanswered.js";
import { testRule } from "../support/rule-tester.js";

const open = `
  connection 1 client 192.0.2.1:701 server 192.0.2.2:2049
  0 -> S 0:0(0)
  +.0001 <- S. 0:0(0) ack 1
  +.0001 -> . 1:1(0) ack 1`;
const asked = `${open}
  +.001 -> P. 1:101(100) ack 1 @call // rpc call 2 100003 3 1
  +.001 <- . 1:1(0) ack 101 @end-1`;

testRule(rpcCallUnanswered, {
  invalid: [
    {
      name: "an acknowledged call, and nothing until the capture ends",
      packets: `${asked}
        +30 -> . 100:100(0) ack 1
        +.0001 <- . 1:1(0) ack 101 @end`,
      findings: [
        {
          messageId: "open",
          evidence: { call: "call", end: "end" },
          data: { xid: "0x00000002", procedure: "nfs v3 GETATTR", waitSeconds: "30.0", port: "2049" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a client that loses patience",
      packets: `${asked}
        +3 -> R. 101:101(0) ack 1 @end`,
      findings: [
        { messageId: "closed", evidence: { call: "call", end: "end" }, data: { closedBy: "client" } },
      ],
    },
    {
      name: "a server that closes with two calls outstanding",
      packets: `${open}
        +.001 -> P. 1:101(100) ack 1 @call // rpc call 2 100003 3 1 & call 3 100003 3 4
        +.001 <- . 1:1(0) ack 101
        +.01 <- F. 1:1(0) ack 101 @end`,
      findings: [
        {
          messageId: "closed",
          evidence: { call: "call", end: "end" },
          data: { closedBy: "server", calls: 2 },
        },
      ],
    },
    {
      name: "a call split inside the record mark",
      packets: `${open}
        +.001 -> . 1:3(2) ack 1 // rpc call 2 100003 3 1 part 0 of 100
        +.001 -> P. 3:101(98) ack 1 @call // rpc call 2 100003 3 1 part 2 of 100
        +.001 <- . 1:1(0) ack 101
        +30 <- . 1:1(0) ack 101 @end`,
      findings: [{ messageId: "open", evidence: { call: "call", end: "end" } }],
    },
  ],
  valid: [
    {
      name: "a scanner's call to a server of another protocol, which answers in that",
      packets: `${asked}
        +.001 <- P. 1:10(9) ack 101
        +.001 -> . 101:101(0) ack 10
        +3 -> F. 101:101(0) ack 10
        +.001 <- F. 10:10(0) ack 102
        +0 -> . 102:102(0) ack 11`,
    },
    {
      name: "replies out of order",
      packets: `${open}
        +.001 -> P. 1:133(132) ack 1 // rpc call 1 100003 3 1 & call 2 100003 3 1 & call 3 100003 3 1
        +.001 <- P. 1:57(56) ack 133 // rpc reply 3 & reply 2
        +9 <- P. 57:85(28) ack 133 // rpc reply 1
        +30 -> . 133:133(0) ack 85`,
    },
    {
      name: "a call split inside the record mark, and answered",
      packets: `${open}
        +.001 -> P. 1:3(2) ack 1 // rpc call 2 100003 3 1 part 0 of 2
        +.001 -> P. 3:101(98) ack 1 // rpc call 2 100003 3 1 part 2 of 100
        +.001 <- . 1:1(0) ack 101
        +.02 <- P. 1:29(28) ack 101 // rpc reply 2
        +30 -> . 101:101(0) ack 29`,
    },
    {
      name: "a call that is not complete",
      others: ["rst-mid-stream"],
      packets: `${open}
        +.001 -> . 1:101(100) ack 1 // rpc call 1 100003 3 7 part 0 of 4000
        +.001 <- . 1:1(0) ack 101
        +30 -> R. 101:101(0) ack 1`,
    },
    {
      name: "a client that closes without waiting",
      packets: `${asked}
        +.01 -> F. 101:101(0) ack 1
        +.001 <- F. 1:1(0) ack 102
        +.001 -> . 102:102(0) ack 2`,
    },
    {
      name: "a capture that ends while the server is at work",
      packets: `${asked}
        +2 -> . 100:100(0) ack 1`,
    },
    {
      name: "a reply that the capture lacks",
      packets: `${asked}
        +.001 -> . 101:101(0) ack 129
        +30 -> . 101:101(0) ack 129`,
    },
    {
      name: "a procedure that is never answered, before one that is",
      packets: `${open}
        +.001 -> P. 1:45(44) ack 1 // rpc call 1 200100 1 7
        +.001 -> P. 45:89(44) ack 1 // rpc call 2 200100 1 8
        +.001 <- P. 1:29(28) ack 89 // rpc reply 2
        +30 -> . 89:89(0) ack 29`,
    },
  ],
});
