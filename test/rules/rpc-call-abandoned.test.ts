import { rpcCallAbandoned } from "../../src/rules/rpc-call-abandoned.js";
import { testRule } from "../support/rule-tester.js";

const open = (number: number, at: string, label = "") => `
  connection ${number} client 192.0.2.1:${700 + number} server 192.0.2.2:2049
  ${at} -> S 0:0(0) ${label}
  +.0001 <- S. 0:0(0) ack 1
  +.0001 -> . 1:1(0) ack 1`;
const lost = `${open(1, "0")}
  +.001 -> P. 1:101(100) ack 1 // rpc call 1 100003 3 4
  +.001 <- P. 1:101(100) ack 101 // rpc reply 1
  +.001 -> P. 101:201(100) ack 101 @call // rpc call 2 100003 3 1`;
const serverCloses = `
  +.001 <- . 101:101(0) ack 201
  +.5 <- F. 101:101(0) ack 201 @close
  +.0001 -> F. 201:201(0) ack 102
  +.0001 <- . 102:102(0) ack 202`;
const exchange = (xid: number, seq: number, ack: number) => `
  +.001 -> P. ${seq}:${seq + 100}(100) ack ${ack} // rpc call ${xid} 100003 3 1
  +.001 <- P. ${ack}:${ack + 100}(100) ack ${seq + 100} // rpc reply ${xid}`;
const evidence = { call: "call", close: "close", reconnect: "reconnect" };

testRule(rpcCallAbandoned, {
  invalid: [
    {
      name: "the server closes, the client reconnects and goes on with other calls",
      packets: `${lost}${serverCloses}${open(2, "+.01", "@reconnect")}${exchange(3, 1, 1)}
        +2 -> P. 101:201(100) ack 101 // rpc call 4 100003 3 1
        +.001 <- P. 101:201(100) ack 201 // rpc reply 4`,
      findings: [
        {
          messageId: "abandoned",
          evidence,
          data: { xid: "0x00000002", procedure: "nfs v3 GETATTR", closedBy: "server", reconnections: 1 },
          flows: 2,
          confidence: "strong",
        },
      ],
    },
    {
      name: "the client closed itself: that is no more than a warning",
      packets: `${lost}
        +.001 <- . 101:101(0) ack 201
        +2 -> R. 201:201(0) ack 101 @close
        ${open(2, "+.01", "@reconnect")}${exchange(3, 1, 1)}
        +2 -> . 101:101(0) ack 101`,
      findings: [{ messageId: "abandoned", evidence, flows: 2, confidence: "weak", severity: "warning" }],
    },
    ...[
      {
        name: "an operation of an NFSv4.1 session, which may come again under another XID",
        call: "100003 4 1 1",
      },
      { name: "a question to the portmapper, which a program asks anew", call: "100000 2 3" },
    ].map(({ name, call }) => ({
      name,
      packets: `${open(1, "0")}
        +.001 -> P. 1:101(100) ack 1 @call // rpc call 2 ${call}
        +.001 <- . 1:1(0) ack 101
        +.5 <- F. 1:1(0) ack 101 @close
        +.0001 -> F. 101:101(0) ack 2
        +.0001 <- . 2:2(0) ack 102
        ${open(2, "+.01", "@reconnect")}
        +.001 -> P. 1:101(100) ack 1 // rpc call 3 ${call}
        +.001 <- P. 1:101(100) ack 101 // rpc reply 3
        +2 -> . 101:101(0) ack 101`,
      findings: [
        {
          messageId: "abandoned",
          evidence,
          flows: 2,
          confidence: "weak" as const,
          severity: "warning" as const,
        },
      ],
    })),
    {
      name: "an NFSv4.0 compound, which keeps its XID",
      packets: `${open(1, "0")}
        +.001 -> P. 1:101(100) ack 1 @call // rpc call 2 100003 4 1 0
        +.001 <- . 1:1(0) ack 101
        +.5 <- F. 1:1(0) ack 101 @close
        +.0001 -> F. 101:101(0) ack 2
        +.0001 <- . 2:2(0) ack 102
        ${open(2, "+.01", "@reconnect")}${exchange(3, 1, 1)}
        +2 -> . 101:101(0) ack 101`,
      findings: [
        {
          messageId: "abandoned",
          evidence,
          data: { procedure: "nfs v4.0 COMPOUND" },
          flows: 2,
          confidence: "strong",
          severity: "error",
        },
      ],
    },
  ],
  valid: [
    {
      name: "the call is sent again and answered",
      packets: `${lost}${serverCloses}${open(2, "+.01")}${exchange(2, 1, 1)}
        +2 -> . 101:101(0) ack 101`,
    },
    {
      name: "pipelined calls, answered out of order before the server closes",
      packets: `${open(1, "0")}
        +.001 -> P. 1:201(200) ack 1 // rpc call 1 100003 3 1 & call 2 100003 3 1 & call 3 100003 3 1
        +.001 <- P. 1:101(100) ack 201 // rpc reply 3 & reply 1
        +.001 <- P. 101:201(100) ack 201 // rpc reply 2
        +.5 <- F. 201:201(0) ack 201
        +.0001 -> F. 201:201(0) ack 202
        +.0001 <- . 202:202(0) ack 202
        ${open(2, "+.01")}${exchange(9, 1, 1)}
        +2 -> . 101:101(0) ack 101`,
    },
    {
      name: "a procedure of NLM that has no reply",
      packets: `${open(1, "0")}
        +.001 -> P. 1:101(100) ack 1 // rpc call 2 100021 4 7
        +.001 <- . 1:1(0) ack 101
        +.5 <- F. 1:1(0) ack 101
        +.0001 -> F. 101:101(0) ack 2
        +.0001 <- . 2:2(0) ack 102
        ${open(2, "+.01")}${exchange(3, 1, 1)}
        +2 -> . 101:101(0) ack 101`,
    },
    {
      name: "a server that closes an idle connection",
      packets: `${open(1, "0")}${exchange(1, 1, 1)}
        +300 <- F. 101:101(0) ack 101
        +.0001 -> F. 101:101(0) ack 102
        +.0001 <- . 102:102(0) ack 102
        ${open(2, "+5")}${exchange(2, 1, 1)}
        +2 -> . 101:101(0) ack 101`,
    },
  ],
});
