import { keepaliveTimeout } from "../../src/rules/keepalive-timeout.js";
import { testRule } from "../support/rule-tester.js";

const exchange = `
  0     -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1
  +0    -> P. 1:201(200) ack 1
  +.001 <- P. 1:1001(1000) ack 201
  +0    -> .  201:201(0) ack 1001`;

testRule(keepaliveTimeout, {
  invalid: [
    {
      name: "a client that gives up after four probes",
      packets: `${exchange}
        +5 -> . 200:200(0) ack 1001 @first
        +1 -> . 200:200(0) ack 1001
        +1 -> . 200:200(0) ack 1001
        +1 -> . 200:200(0) ack 1001 @last
        +1 -> R. 201:201(0) ack 1001 @end`,
      findings: [
        {
          messageId: "gaveUp",
          evidence: { first: "first", last: "last", end: "end" },
          data: { side: "client", probes: 4, worstSeconds: "4.0" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "probes that are unanswered at the capture's end, after some that were answered",
      packets: `${exchange}
        +5    -> . 200:200(0) ack 1001
        +.001 <- . 1001:1001(0) ack 201
        +5    -> . 200:200(0) ack 1001 @first
        +1    -> . 200:200(0) ack 1001
        +1    -> . 200:200(0) ack 1001 @last`,
      findings: [
        {
          messageId: "unanswered",
          evidence: { first: "first", last: "last", end: "last" },
          confidence: "weak",
        },
      ],
    },
  ],
  valid: [
    {
      name: "probes that are answered, one of them late",
      packets: `${exchange}
        +5    -> . 200:200(0) ack 1001
        +1    -> . 200:200(0) ack 1001
        +1    -> . 200:200(0) ack 1001
        +.001 <- . 1001:1001(0) ack 201
        +5    -> . 200:200(0) ack 1001
        +.001 <- . 1001:1001(0) ack 201`,
    },
    {
      name: "probes of a closed window",
      others: ["zero-window-stall"],
      packets: `${exchange}
        +.01 <- . 1001:1001(0) ack 201 win 0
        +.2  -> . 200:200(0) ack 1001
        +.4  -> . 200:200(0) ack 1001
        +.8  -> . 200:200(0) ack 1001
        +.1  <- . 1001:1001(0) ack 201`,
    },
    {
      name: "probes of a closed window, of which a receiver acknowledges no more than one in 500 ms",
      others: ["zero-window-stall"],
      packets: `${exchange}
        +.01  <- . 1001:1001(0) ack 201 win 0
        +.2   -> . 200:200(0) ack 1001
        +.001 <- . 1001:1001(0) ack 201 win 0
        +.2   -> . 200:200(0) ack 1001
        +.4   -> . 200:200(0) ack 1001
        +.8   -> . 200:200(0) ack 1001
        +.001 <- . 1001:1001(0) ack 201 win 0
        +1.6  -> . 200:200(0) ack 1001
        +.001 <- . 1001:1001(0) ack 201 win 512`,
    },
    {
      name: "a capture of one direction",
      packets: `
        0  -> P. 1:201(200) ack 1
        +5 -> . 200:200(0) ack 1001
        +5 -> . 200:200(0) ack 1001
        +5 -> . 200:200(0) ack 1001`,
    },
  ],
});
