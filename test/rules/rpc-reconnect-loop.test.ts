import { rpcReconnectLoop } from "../../src/rules/rpc-reconnect-loop.js";
import { testRule } from "../support/rule-tester.js";

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** A connection from a port of its own that sends a call; `rest` follows the call's ACK. */
const connection = (number: number, at: number, xid: number, rest: string) => `
  connection ${number} client 192.0.2.1:${700 + number} server 192.0.2.2:2049
  ${at.toFixed(6)} -> S 0:0(0) @syn-${number}
  +.0001 <- S. 0:0(0) ack 1
  +.0001 -> . 1:1(0) ack 1
  +.0001 -> P. 1:101(100) ack 1 @call-${number} // rpc call ${xid} 100003 3 1
  +.0001 <- . 1:1(0) ack 101
  ${rest}`;

const clientResets = (number: number) => `+.01 -> R. 101:101(0) ack 1 @close-${number}`;
const serverCloses = (number: number) => `
  +.01 <- F. 1:1(0) ack 101 @close-${number}
  +.0001 -> F. 101:101(0) ack 2
  +.0001 <- . 2:2(0) ack 102`;
const answered = (xid: number, number: number) => `
  +.001 <- P. 1:29(28) ack 101 // rpc reply ${xid}
  +.0001 -> F. 101:101(0) ack 29 @close-${number}
  +.0001 <- F. 29:29(0) ack 102
  +.0001 -> . 102:102(0) ack 30`;

const evidence = { call: "call-1", close: "close-1", again: "call-2" };

testRule(rpcReconnectLoop, {
  invalid: [
    {
      name: "the same XID on 20 connections that the client resets",
      packets: range(20)
        .map((number) => connection(number, number * 0.025, 7, clientResets(number)))
        .join("\n"),
      findings: [
        {
          messageId: "loop",
          evidence,
          data: { connections: 20, xid: "0x00000007", procedure: "nfs v3 GETATTR" },
          flows: 20,
          confidence: "strong",
        },
      ],
    },
    {
      name: "a loop that ends with a reply",
      packets: [
        ...range(3).map((number) => connection(number, number * 2, 7, serverCloses(number))),
        connection(4, 9, 7, answered(7, 4)),
      ].join("\n"),
      findings: [
        {
          messageId: "loop",
          evidence,
          data: { connections: 3, outcome: "only the last of all brought a reply" },
          flows: 4,
        },
      ],
    },
    {
      name: "replies of which the client reads but the beginning",
      packets: range(5)
        .map((number) =>
          connection(
            number,
            number * 0.025,
            9,
            `+.001 <- . 1:29(28) ack 101 // rpc reply 9 part 0 of 4000
             +.0001 <- . 29:1001(972) ack 101
             +.0001 -> R. 101:101(0) ack 1001 @close-${number}`,
          ),
        )
        .join("\n"),
      findings: [{ messageId: "loop", evidence, data: { connections: 5 }, flows: 5 }],
    },
    {
      name: "two calls that are sent together again and again are one finding",
      packets: range(4)
        .map((number) =>
          connection(number, number, 7, serverCloses(number)).replace(
            "rpc call 7 100003 3 1",
            "rpc call 7 100003 3 1 & call 8 100003 3 4",
          ),
        )
        .join("\n"),
      findings: [{ messageId: "loop", evidence, data: { connections: 4, calls: 2 }, flows: 4 }],
    },
  ],
  valid: [
    {
      name: "a program that always begins with the same XID and is answered",
      packets: range(12)
        .map((number) => connection(number, number * 0.1, 1, answered(1, number)))
        .join("\n"),
    },
    {
      name: "a call sent again on a second connection, and answered there",
      packets: [connection(1, 0, 7, serverCloses(1)), connection(2, 0.5, 7, answered(7, 2))].join("\n"),
    },
    {
      name: "the same XID of other procedures",
      packets: range(4)
        .map((number) =>
          connection(number, number * 0.1, 7, answered(7, number)).replace("3 1\n", `3 ${number}\n`),
        )
        .join("\n"),
    },
  ],
});
