import { closeWaitLeak } from "../../src/rules/close-wait-leak.js";
import { testRule } from "../support/rule-tester.js";

/** `count` connections that the client closes behind one answer; `then` follows its FIN. */
const closed = (count: number, then: string): string => `
  connection 1 client 192.0.2.1:40000 server 192.0.2.7:80
  repeat ${count} every 0.01 {
    +0   -> S  0:0(0)
    +.02 <- S. 0:0(0) ack 1
    +0   -> .  1:1(0) ack 1
    +0   -> P. 1:101(100) ack 1
    +.02 <- P. 1:11(10) ack 101
    +0   -> .  101:101(0) ack 11
    ${then}
  }`;
/** Another connection, so that the capture goes on for so long. */
const lasting = (seconds: number): string => `
  connection 99 client 192.0.2.2:40099 server 192.0.2.7:80
  +${seconds} -> S  0:0(0)
  +.02 <- S. 0:0(0) ack 1
  +0   -> .  1:1(0) ack 1`;
const FIN = "+1 -> F. 101:101(0) ack 11";
const FIRST_FIN = `${FIN} @fin`;
const ACKED = "+.02 <- . 11:11(0) ack 102";

testRule(closeWaitLeak, {
  invalid: [
    {
      name: "three that the server leaves open",
      packets: closed(3, `${FIRST_FIN}\n+.3 -> F. 101:101(0) ack 11\n${ACKED} @last`) + lasting(70),
      findings: [
        {
          messageId: "unclosed",
          evidence: { fin: "fin-1", last: "last-1" },
          flows: 3,
          confidence: "weak",
          data: { hitFlows: 3, listenerFlows: 4, worstSeconds: "70.4" },
        },
      ],
    },
    {
      name: "ten of them: no chance any more",
      packets: closed(10, `${FIRST_FIN}\n${ACKED} @last`) + lasting(70),
      findings: [
        {
          messageId: "unclosed",
          evidence: { fin: "fin-1", last: "last-1" },
          flows: 10,
          confidence: "strong",
        },
      ],
    },
    {
      name: "ten that still wait for an answer: the server may be slow",
      packets:
        closed(10, `${FIRST_FIN}\n${ACKED} @last`)
          .replace(/\+.02 <- P\. 1:11.*\n.*\n/, "+.02 <- . 1:1(0) ack 101\n")
          .replaceAll("11:11(0)", "1:1(0)")
          .replaceAll("ack 11 ", "ack 1 ") + lasting(70),
      findings: [
        { messageId: "unclosed", evidence: { fin: "fin-1", last: "last-1" }, flows: 10, confidence: "weak" },
      ],
    },
  ],
  valid: [
    {
      name: "a FIN of the server that the capture lacks, and the client acknowledges",
      packets: closed(3, `${FIN}\n${ACKED}\n+.02 -> . 102:102(0) ack 12`) + lasting(70),
    },
    { name: "two of them", packets: closed(2, `${FIN}\n${ACKED}`) + lasting(70) },
    { name: "for less than a minute", packets: closed(3, `${FIN}\n${ACKED}`) + lasting(50) },
    {
      name: "closed by the server at last",
      packets:
        closed(3, `${FIN}\n${ACKED}\n+30 <- F. 11:11(0) ack 102\n+.02 -> . 102:102(0) ack 12`) + lasting(70),
    },
    {
      name: "closed by the server first",
      packets:
        closed(3, `+1 <- F. 11:11(0) ack 101\n+.02 -> . 101:101(0) ack 12\n${FIN}\n${ACKED}`) + lasting(70),
    },
    {
      name: "reset by the server",
      packets: closed(3, `${FIN}\n${ACKED}\n+3 <- R. 11:11(0) ack 102`) + lasting(70),
      others: ["rst-mid-stream"],
    },
    {
      name: "reset by the client",
      packets: closed(3, `${FIN}\n${ACKED}\n+3 -> R. 102:102(0) ack 11`) + lasting(70),
    },
    {
      name: "half of it closed: the server goes on sending",
      packets:
        closed(3, `${FIN}\n${ACKED}\n+3 <- P. 11:1011(1000) ack 102\n+.02 -> . 102:102(0) ack 1011`) +
        lasting(70),
    },
    {
      name: "a FIN that the server never acknowledged",
      packets: closed(3, FIN) + lasting(70),
    },
  ],
});
