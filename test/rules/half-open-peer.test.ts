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

testRule(halfOpenPeer, {
  invalid: [
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
