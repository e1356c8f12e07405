import { zeroWindowStall } from "../../src/rules/zero-window-stall.js";
import { testRule } from "../support/rule-tester.js";

const handshake = `
  0     -> S  0:0(0) <mss 1460>
  +.001 <- S. 0:0(0) ack 1 win 1000 <mss 1460>
  +0    -> .  1:1(0) ack 1`;

testRule(zeroWindowStall, {
  invalid: [
    {
      name: "a server that does not read while its client probes the closed window",
      packets: `${handshake}
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501 win 0 @closed
        +.2   -> .  500:500(0) ack 1 @probe
        +.001 <- .  1:1(0) ack 501 win 0
        +.4   -> .  500:500(0) ack 1
        +.001 <- .  1:1(0) ack 501 win 5000 @open
        +0    -> P. 501:601(100) ack 1
        +.001 <- .  1:1(0) ack 601 win 5000`,
      findings: [
        {
          messageId: "stalled",
          evidence: { closed: "closed", waiting: "probe", end: "open" },
          data: { side: "server", peer: "client", times: "once", worstSeconds: "0.60" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a window that data filled and that stays closed to the end, without probes",
      packets: `${handshake}
        +0    -> P. 1:501(500) ack 1
        +0    -> P. 501:1001(500) ack 1 @full
        +.001 <- .  1:1(0) ack 1001 win 0 @closed
        +5    <- .  1:1(0) ack 1001 win 0 @last`,
      findings: [
        {
          messageId: "closed",
          evidence: { closed: "closed", waiting: "full", end: "last" },
          data: { worstSeconds: "5.0" },
        },
      ],
    },
    {
      name: "an opening that carries data and is not seen as one: the stall counts to the last closed window",
      packets: `${handshake}
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501 win 0 @closed
        +.3   -> .  500:500(0) ack 1 @probe
        +.001 <- .  1:1(0) ack 501 win 0 @last
        +.01  <- P. 1:9(8) ack 501 win 4000
        +0    -> P. 501:601(100) ack 9
        +.001 <- .  9:9(0) ack 601 win 4000`,
      findings: [
        {
          messageId: "stalled",
          evidence: { closed: "closed", waiting: "probe", end: "last" },
          data: { worstSeconds: "0.30" },
        },
      ],
    },
    {
      name: "a probe that was not answered before the opening with data: the stall counts to the probe",
      packets: `${handshake}
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501 win 0 @closed
        +.3   -> .  500:500(0) ack 1 @probe
        +.001 <- .  1:1(0) ack 501 win 0
        +.6   -> .  500:500(0) ack 1 @last
        +.01  <- P. 1:9(8) ack 501 win 4000
        +0    -> P. 501:601(100) ack 9
        +.001 <- .  9:9(0) ack 601 win 4000`,
      findings: [
        {
          messageId: "stalled",
          evidence: { closed: "closed", waiting: "probe", end: "last" },
          data: { worstSeconds: "0.90" },
        },
      ],
    },
    {
      name: "several connections to one listener as one finding, with the longest as evidence",
      packets: `
        connection 1
        0     -> S  0:0(0) <mss 1460>
        +.001 <- S. 0:0(0) ack 1 win 1000 <mss 1460>
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501 win 0
        +.3   -> .  500:500(0) ack 1
        +.001 <- .  1:1(0) ack 501 win 5000
        connection 2
        1     -> S  0:0(0) <mss 1460>
        +.001 <- S. 0:0(0) ack 1 win 1000 <mss 1460>
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501 win 0 @closed
        +.9   -> .  500:500(0) ack 1 @probe
        +.001 <- .  1:1(0) ack 501 win 5000 @open`,
      findings: [
        {
          messageId: "stalled",
          evidence: { closed: "closed", waiting: "probe", end: "open" },
          data: { hitFlows: 2, listenerFlows: 2, times: "2 times", totalSeconds: "1.2" },
          flows: 2,
        },
      ],
    },
  ],

  valid: [
    {
      name: "a window that is closed for a moment",
      packets: `${handshake}
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501 win 0
        +.15  -> .  500:500(0) ack 1
        +.001 <- .  1:1(0) ack 501 win 5000
        +0    -> P. 501:601(100) ack 1
        +.001 <- .  1:1(0) ack 601 win 5000`,
    },
    {
      name: "a closed window while the peer has nothing to send",
      packets: `${handshake}
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501 win 0
        +3    <- .  1:1(0) ack 501 win 5000
        +1    -> F. 501:501(0) ack 1
        +.001 <- F. 1:1(0) ack 502
        +0    -> .  502:502(0) ack 2`,
    },
    {
      name: "a RST, whose window is always 0",
      packets: `${handshake}
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501
        +.001 -> R. 501:501(0) ack 1 win 0`,
    },
    {
      name: "keepalives of an idle connection with open windows",
      packets: `${handshake}
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501
        +5    -> .  500:500(0) ack 1
        +.001 <- .  1:1(0) ack 501
        +5    -> .  500:500(0) ack 1
        +.001 <- .  1:1(0) ack 501`,
    },
  ],
});
