import { unacceptedConnection } from "../../src/rules/unaccepted-connection.js";
import { testRule } from "../support/rule-tester.js";

const DATA = "-> P. 1:6(5) ack 1";
/** `count` connections whose clients repeat their data from before the capture on; `ending` comes after the last time. */
const hung = (count: number, ending = "", server = "127.0.0.1:8080") => `
  connection 1 client 127.0.0.1:40000 server ${server}
  repeat ${count} every 0.001 {
    +0    ${DATA}
    +.8   ${DATA} @first
    +1.6  ${DATA}
    +3.2  ${DATA} @last
    ${ending}
  }`;

testRule(unacceptedConnection, {
  invalid: [
    {
      name: "two connections that are answered when there is room",
      ipVersion: 4,
      packets: hung(2, "+.0001 <- . 1:1(0) ack 6"),
      findings: [
        {
          messageId: "silent",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          data: { hungFlows: 2, repeats: 3, worstSeconds: "5.6", ending: "all recovered", port: 8080 },
          confidence: "strong",
        },
      ],
    },
    {
      name: "one that is never answered, and one of another listener",
      ipVersion: 4,
      packets: `${hung(1)}
        connection 9 client 127.0.0.1:40009 server 127.0.0.1:9090
        0    ${DATA}
        +3   ${DATA} @other-first
        +6   ${DATA} @other-last`,
      findings: [
        {
          messageId: "silent",
          evidence: { first: "first-1", last: "last-1" },
          data: { hungFlows: 1, listenerFlows: 1, ending: "not recovered in the capture" },
        },
        {
          messageId: "silent",
          evidence: { first: "other-first", last: "other-last" },
          data: { port: 9090, repeats: 2 },
        },
      ],
    },
    {
      name: "one that is reset in the end, for the cookie is too old by then",
      ipVersion: 4,
      packets: hung(1, "+.0001 <- R 1:1(0)"),
      findings: [
        {
          messageId: "silent",
          evidence: { first: "first-1", last: "last-1" },
          data: { ending: "not recovered in the capture" },
        },
      ],
    },
  ],
  valid: [
    {
      name: "the same on a path, where it may be lost",
      packets: hung(1, "", "192.0.2.7:8080").replace("127.0.0.1:40000", "192.0.2.1:40000"),
      others: ["blackhole-forward"],
    },
    {
      name: "a server that repeats: it holds the connection",
      ipVersion: 4,
      packets: hung(1).replaceAll("-> P.", "<- P."),
      others: ["blackhole-forward"],
    },
    {
      name: "a connection that was heard before",
      ipVersion: 4,
      packets: hung(1).replace("+0    ->", "+0 <- . 1:1(0) ack 1\n+.001 ->"),
      others: ["blackhole-forward"],
    },
    {
      name: "a capture of what clients send: they acknowledge more and more",
      ipVersion: 4,
      packets: hung(1, "+.1 -> . 6:6(0) ack 901"),
    },
    {
      name: "a lone FIN that is repeated",
      ipVersion: 4,
      packets: hung(1).replaceAll("P. 1:6(5)", "F. 1:1(0)"),
    },
  ],
});
