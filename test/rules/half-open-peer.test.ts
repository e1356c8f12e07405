import { halfOpenPeer } from "../../src/rules/half-open-peer.js";
import { testRule } from "../support/rule-tester.js";

const exchange = `
  0     -> S  0:0(0) @first
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1
  +0    -> P. 1:201(200) ack 1
  +.001 <- P. 1:1001(1000) ack 201
  +0    -> .  201:201(0) ack 1001`;
const evidence = { data: "first", rst: "rst" };

/** Connections that talk, each step in all of them before the next one. */
const talking = (count: number, ...steps: string[]): string =>
  [
    "0 -> S  0:0(0)",
    "+.001 <- S. 0:0(0) ack 1",
    "+.001 -> . 1:1(0) ack 1",
    "+.001 -> P. 1:201(200) ack 1",
    ...steps,
  ]
    .flatMap((step) => Array.from({ length: count }, (_, index) => onConnection(step, index)))
    .join("\n");
const onConnection = (step: string, index: number): string => {
  const packet = index === 0 ? step : step.replace(/ @\w+/g, "").replace(/^\S+/, "+.0001");
  return `connection ${index + 1}\n${packet}`;
};

testRule(halfOpenPeer, {
  invalid: [
    {
      name: "three downloads that a load balancer forgets in one moment",
      packets: talking(
        3,
        "+.01 <- . 1:1001(1000) ack 201",
        "+.01 -> . 201:201(0) ack 1001 @data",
        "+.001 <- R 1001:1001(0) @rst",
      ).replace("S  0:0(0)", "S  0:0(0) @first"),
      findings: [
        {
          messageId: "sudden",
          evidence,
          data: { side: "server", hitFlows: 3, spanSeconds: "0.0" },
          flows: 3,
          confidence: "strong",
        },
      ],
    },
    {
      name: "a server that was restarted while its client was silent",
      packets: `${exchange}
        +30   -> P. 201:401(200) ack 1001
        +.001 <- R  1001:1001(0) @rst`,
      findings: [
        {
          messageId: "forgotten",
          evidence,
          data: { side: "server", worstSeconds: "30.0" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a keepalive probe that finds nobody",
      packets: `${exchange}
        +30   -> .  200:200(0) ack 1001
        +.001 <- R  1001:1001(0) @rst`,
      findings: [{ messageId: "forgotten", evidence }],
    },
  ],
  valid: [
    {
      name: "two at once: who answers so may have closed them, and the capture lacks that",
      packets: talking(
        2,
        "+.01 <- . 1:1001(1000) ack 201",
        "+.01 -> . 201:201(0) ack 1001",
        "+.001 <- R 1001:1001(0)",
      ),
    },
    {
      name: "three within three seconds",
      packets:
        talking(3, "+.01 <- . 1:1001(1000) ack 201") +
        [1, 2, 3]
          .map(
            (number) => `
        connection ${number}
        +1.5  <- . 1001:2001(1000) ack 201
        +.001 -> . 201:201(0) ack 2001
        +.001 <- R 2001:2001(0)`,
          )
          .join(""),
    },
    {
      name: "three that the server closes by a RST with ACK, and whose late data it answers by one without",
      others: ["rst-mid-stream"],
      packets: talking(3, "+.01 <- R. 1:1(0) ack 201", "+.01 -> P. 201:301(100) ack 1", "+.001 <- R 1:1(0)"),
    },
    {
      name: "a capture that begins with a SYN-ACK which came again: the server never took the handshake",
      packets: `
        connection 2
        +0    -> .  1:1(0) ack 1
        connection 1
        +.5   <- S. 0:0(0) ack 1
        +.001 -> .  1:1(0) ack 1
        +2.8  -> P. 1:6(5) ack 1
        +34   -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)`,
    },
    {
      name: "three clients that close by a RST without ACK when they have their answer",
      packets: talking(
        3,
        "+.01  <- . 1:1001(1000) ack 201",
        "+.01  -> . 201:201(0) ack 1001",
        "+.001 -> R 201:201(0)",
      ),
    },
    {
      name: "three that the client was closing",
      packets: talking(
        3,
        "+.01 <- . 1:1001(1000) ack 201",
        "+.01 -> F. 201:201(0) ack 1001",
        "+.001 <- R 1001:1001(0)",
      ),
    },
    {
      name: "a conversation that was under way a moment ago: who answers so has just closed it",
      packets: `${exchange}
        +.01  -> P. 201:401(200) ack 1001
        +.001 <- R  1001:1001(0)`,
    },
    {
      name: "a client that ended while it waited to send again: its FIN waits behind what is unacknowledged",
      packets: `${exchange}
        +.1   -> P. 201:401(200) ack 1001
        +.2   -> P. 201:401(200) ack 1001
        +.4   -> P. 201:401(200) ack 1001
        +1.4  <- P. 1001:1051(50) ack 401
        +.001 -> R  401:401(0)`,
    },
    {
      name: "late data to a port that was closed before",
      packets: `${exchange}
        +.01  <- F. 1001:1001(0) ack 201
        +30   -> P. 201:401(200) ack 1002
        +.001 <- R  1002:1002(0)`,
    },
    {
      name: "late data in a capture that begins after the close",
      packets: `
        0     -> P. 201:401(200) ack 1001
        +.001 <- R  1001:1001(0)`,
    },
    {
      name: "a FIN of an idle connection that the server no longer knows: nothing is lost",
      packets: `${exchange}
        +30   -> F. 201:201(0) ack 1001
        +.001 <- R  1001:1001(0)`,
    },
    {
      name: "a closing alert and FIN on an idle connection that the server no longer knows",
      packets: `${exchange}
        +30   -> P. 201:232(31) ack 1001
        +0    -> F. 232:232(0) ack 1001
        +.001 <- R  1001:1001(0)`,
    },
    {
      name: "a RST long after the last data: it answers nothing",
      packets: `${exchange}
        +1    <- P. 1001:2001(1000) ack 201
        +60   -> R  201:201(0)`,
    },
    {
      name: "an ordinary close by RST",
      packets: `${exchange}
        +.01  <- R. 1001:1001(0) ack 201`,
    },
  ],
});
