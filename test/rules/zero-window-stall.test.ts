import { zeroWindowStall } from "../../src/rules/zero-window-stall.js";
import { testRule } from "../support/rule-tester.js";

const handshake = `
  0     -> S  0:0(0) <mss 1460>
  +.001 <- S. 0:0(0) ack 1 win 1000 <mss 1460>
  +0    -> .  1:1(0) ack 1`;

testRule(zeroWindowStall, {
  invalid: [
    ...(
      [
        [".793", "0.99"],
        [".795", "1.0"],
        ["99.70", "99.9"],
        ["99.76", "100"],
      ] as const
    ).map(([seconds, worstSeconds]) => ({
      name: `a window that is closed for 0.2 s and ${seconds} s more`,
      packets: `${handshake}
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501 win 0 @closed
        +.2   -> .  500:500(0) ack 1 @probe
        +.001 <- .  1:1(0) ack 501 win 0
        +${seconds} <- .  1:1(0) ack 501 win 5000 @open
        +0    -> P. 501:601(100) ack 1
        +.001 <- .  1:1(0) ack 601 win 5000`,
      findings: [
        {
          messageId: "stalled" as const,
          evidence: { closed: "closed", waiting: "probe", end: "open" },
          data: { worstSeconds },
        },
      ],
    })),
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
      name: "a receiver that answers the first probe of its closed window, and not the next three",
      packets: `${handshake}
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501 win 0 @closed
        +.2   -> .  500:500(0) ack 1 @probe
        +.001 <- .  1:1(0) ack 501 win 0
        +.4   -> .  500:500(0) ack 1
        +.8   -> .  500:500(0) ack 1
        +1.6  -> .  500:500(0) ack 1
        +3.2  -> .  500:500(0) ack 1
        +.001 <- .  1:1(0) ack 501 win 5000 @open
        +0    -> P. 501:601(100) ack 1
        +.001 <- .  1:1(0) ack 601 win 5000`,
      findings: [
        {
          messageId: "unanswered",
          evidence: { closed: "closed", waiting: "probe", end: "open" },
          data: { side: "server", vainProbes: 3, silentSeconds: "6.0", worstSeconds: "6.2" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "two closed windows, of each of which one probe got lost",
      packets: `${handshake}
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501 win 0
        +.2   -> .  500:500(0) ack 1
        +.4   -> .  500:500(0) ack 1
        +.001 <- .  1:1(0) ack 501 win 5000
        +0    -> P. 501:1001(500) ack 1
        +.001 <- .  1:1(0) ack 1001 win 0 @closed
        +.2   -> .  1000:1000(0) ack 1 @probe
        +.401 -> .  1000:1000(0) ack 1
        +.001 <- .  1:1(0) ack 1001 win 5000 @open`,
      findings: [{ messageId: "stalled", evidence: { closed: "closed", waiting: "probe", end: "open" } }],
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
    {
      name: "windows of 0 from the SYN-ACK on, which never open: a proxy has no answer of the server",
      packets: `
        repeat 2 every .1 {
          +0    -> S  0:0(0) <mss 1460>
          +.001 <- S. 0:0(0) ack 1 win 0 <mss 1460> @synack
          +0    -> .  1:1(0) ack 1
          +.2   -> .  0:0(0) ack 1 @probe
          +.4   -> .  0:0(0) ack 1
          +.8   -> .  0:0(0) ack 1 @last
        }`,
      findings: [
        {
          messageId: "unopened",
          evidence: { closed: "synack-1", waiting: "probe-1", end: "last-1" },
          data: { hitFlows: 2, worstSeconds: "1.4", ending: "did not open it in the capture" },
          flows: 2,
          confidence: "strong",
        },
      ],
    },
    {
      name: "one that opens late, beside one that was closed later on",
      packets: `
        0     -> S  0:0(0) <mss 1460>
        +.001 <- S. 0:0(0) ack 1 win 0 <mss 1460> @synack
        +0    -> .  1:1(0) ack 1
        +.4   -> .  0:0(0) ack 1 @probe
        +.8   -> .  0:0(0) ack 1
        +.1   <- .  1:1(0) ack 1 win 1000 @opened
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501 win 500
        connection 2
        +1    -> S  0:0(0) <mss 1460>
        +.001 <- S. 0:0(0) ack 1 win 1000 <mss 1460>
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501 win 0 @closed
        +.3   -> .  500:500(0) ack 1 @waiting
        +.001 <- .  1:1(0) ack 501 win 5000 @open`,
      findings: [
        {
          messageId: "stalled",
          evidence: { closed: "closed", waiting: "waiting", end: "open" },
          data: { hitFlows: 1 },
        },
        {
          messageId: "unopened",
          evidence: { closed: "synack", waiting: "probe", end: "opened" },
          data: { hitFlows: 1, worstSeconds: "1.3", ending: "opened it late" },
        },
      ],
    },
  ],

  valid: [
    {
      name: "a proxy that opens the window when a server far behind it has answered",
      packets: `
        0     -> S  0:0(0) <mss 1460>
        +.001 <- S. 0:0(0) ack 1 win 0 <mss 1460>
        +0    -> .  1:1(0) ack 1
        +.25  -> .  0:0(0) ack 1
        +.1   <- .  1:1(0) ack 1 win 1000
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501 win 500`,
    },
    {
      name: "the same of a client that has nothing to send, and waits for the server's greeting",
      packets: `
        0     -> S  0:0(0) <mss 1460>
        +.001 <- S. 0:0(0) ack 1 win 0 <mss 1460>
        +0    -> .  1:1(0) ack 1
        +3    -> F. 1:1(0) ack 1`,
    },
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
      name: "a RST that the client does not hear: it goes on sending",
      packets: `${handshake}
        +0    -> P. 1:501(500) ack 1
        +.001 <- .  1:1(0) ack 501
        +.001 <- R. 1:1(0) ack 501 win 0
        +.2   -> P. 501:901(400) ack 1
        +.4   -> P. 501:901(400) ack 1
        +.8   -> P. 501:901(400) ack 1`,
      others: ["rst-mid-stream"],
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
