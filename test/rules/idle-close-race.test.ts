import { idleCloseRace } from "../../src/rules/idle-close-race.js";
import { testRule } from "../support/rule-tester.js";

/** A request and its answer, and nothing more for now. */
const answered = `
  0     -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1
  +0    -> P. 1:201(200) ack 1
  +.001 <- P. 1:1001(1000) ack 201
  +.04  -> .  201:201(0) ack 1001 @last`;
const evidence = { last: "last", close: "close", rst: "rst" };

/** `connection` n of several, each with its own script, one behind the other; only the first one's labels stay. */
const inTurn = (...scripts: string[]): string =>
  scripts
    .map((script, index) => {
      const own = index === 0 ? script : script.replace(/ @\w+/g, "").replace(/^(\s*)0 /, "$1+1 ");
      return `connection ${index + 1}\n${own}`;
    })
    .join("\n");

/** The server closes after 5 s, and the client sends 200 octets that acknowledge the FIN. */
const behindFin = `${answered}
  +5    <- F. 1001:1001(0) ack 201 @close
  +.01  -> P. 201:401(200) ack 1002
  +.001 <- R  1002:1002(0) @rst`;
const crossed = `${answered}
  +5    <- F. 1001:1001(0) ack 201 @close
  +.01  -> P. 201:401(200) ack 1001
  +0    <- R  1001:1001(0) @rst
  +.01  -> F. 401:401(0) ack 1002
  +0    <- R  1002:1002(0)`;
/** An ordinary close of an idle connection. */
const closed = `${answered}
  +5    <- F. 1001:1001(0) ack 201
  +.01  -> F. 201:201(0) ack 1002
  +.001 <- .  1002:1002(0) ack 202`;
/** The same on a server that closes two others as late. */
const amongOthers = (script: string): string => inTurn(script, closed, closed);
/** The client's program takes no notice of the FIN for 20 s. */
const stale = behindFin.replace("+.01  ->", "+20   ->");
/** The request arrives before the program closes, which does not read it any more. */
const unread = `${answered}
  +5    -> P. 201:401(200) ack 1001
  +0    <- R. 1001:1001(0) ack 401 @rst`;

testRule(idleCloseRace, {
  invalid: [
    {
      name: "a request that meets the server's FIN on the way, seen at the server",
      packets: amongOthers(crossed),
      findings: [
        {
          messageId: "raced",
          evidence,
          data: {
            hitFlows: 1,
            idleSeconds: "5.0",
            shortestSeconds: "5.0",
            met: "The request and the FIN crossed on the way.",
            timeout:
              " The server closes connections that have been idle for 5.0 s: so it did with 3 in the capture.",
          },
          confidence: "strong",
        },
      ],
    },
    {
      name: "seen at the client, where the request comes first",
      packets: amongOthers(`${answered}
        +5    -> P. 201:401(200) ack 1001
        +.02  <- F. 1001:1001(0) ack 201 @close
        +0    -> .  401:401(0) ack 1002
        +.02  <- R  1001:1001(0) @rst`),
      findings: [{ messageId: "raced", evidence, data: { idleSeconds: "5.1" }, confidence: "strong" }],
    },
    {
      name: "a host that acknowledges what it resets",
      packets: amongOthers(`${answered}
        +5    <- F. 1001:1001(0) ack 201 @close
        +.01  -> P. 201:401(200) ack 1001
        +0    <- R. 1002:1002(0) ack 401 @rst`),
      findings: [{ messageId: "raced", evidence, confidence: "strong" }],
    },
    {
      name: "a request on a connection whose FIN had arrived: it may have been the client's farewell",
      packets: amongOthers(behindFin),
      findings: [
        {
          messageId: "raced",
          evidence,
          data: { met: "The client had got the FIN, up to 10 ms before, when it sent the request." },
          confidence: "weak",
        },
      ],
    },
    {
      name: "nothing is known of the server afterwards: it may have ended",
      packets: crossed,
      findings: [{ messageId: "raced", evidence, confidence: "weak" }],
    },
    {
      name: "three that were served at one moment and closed at one, as where the program ends",
      packets: `
        repeat 3 every 0.0001 {
          +0    -> S  0:0(0)
          +.001 <- S. 0:0(0) ack 1
          +0    -> .  1:1(0) ack 1
          +0    -> P. 1:201(200) ack 1
          +.001 <- P. 1:1001(1000) ack 201
          +.04  -> .  201:201(0) ack 1001 @last
          +5    <- F. 1001:1001(0) ack 201 @close
          +.01  -> P. 201:401(200) ack 1001
          +0    <- R  1001:1001(0) @rst
        }`,
      findings: [
        {
          messageId: "raced",
          evidence: { last: "last-1", close: "close-1", rst: "rst-1" },
          data: { timeout: "" },
          flows: 3,
          confidence: "weak",
        },
      ],
    },
    {
      name: "a client that takes connections whose end it has been told long before",
      packets: inTurn(stale, stale, stale),
      findings: [
        {
          messageId: "stale",
          evidence,
          data: { lateSeconds: "20.0", idleSeconds: "5.0" },
          flows: 3,
          confidence: "strong",
        },
      ],
    },
    {
      name: "one of them: it may have been a farewell",
      packets: stale,
      findings: [{ messageId: "stale", evidence, confidence: "weak" }],
    },
    {
      name: "three of them, by a server that closes after five seconds",
      packets: inTurn(behindFin, crossed, behindFin, closed),
      findings: [
        {
          messageId: "raced",
          evidence,
          data: {
            hitFlows: 3,
            listenerFlows: 4,
            met: "The request and the FIN crossed on the way (1 of 3); the client had got the FIN, up to 10 ms before, when it sent the request (2 of 3).",
            timeout:
              " The server closes connections that have been idle for 5.0 s: so it did with 4 in the capture.",
          },
          flows: 3,
          confidence: "strong",
        },
      ],
    },
    {
      name: "three of clients that had all got the FIN: no farewell is as long each time",
      packets: inTurn(behindFin, behindFin, behindFin),
      findings: [{ messageId: "raced", evidence, flows: 3, confidence: "strong" }],
    },
    {
      name: "a short request, as long as the first one was",
      packets: behindFin
        .replace("1:201(200)", "1:13(12)")
        .replaceAll("ack 201", "ack 13")
        .replaceAll(/201:(\d+)\((\d+)\)/g, (_, _end, length) => `13:${length === "0" ? "13(0)" : "25(12)"}`),
      findings: [{ messageId: "raced", evidence, confidence: "weak" }],
    },
    {
      name: "a server that takes its leave by TLS's alert",
      packets: `${answered}
        +30   <- P. 1001:1032(31) ack 201 // tls data
        +.4   <- F. 1032:1032(0) ack 201 @close
        +.01  -> P. 201:401(200) ack 1001
        +0    <- R  1001:1001(0) @rst`,
      findings: [{ messageId: "raced", evidence, data: { idleSeconds: "30.0" }, confidence: "weak" }],
    },
    {
      name: "keepalive probes meanwhile: the connection is idle all the same",
      packets: `${answered}
        +15   -> .  200:200(0) ack 1001
        +.001 <- .  1001:1001(0) ack 201
        +15   -> .  200:200(0) ack 1001
        +.001 <- .  1001:1001(0) ack 201
        +10   <- F. 1001:1001(0) ack 201 @close
        +.01  -> P. 201:401(200) ack 1001
        +0    <- R  1001:1001(0) @rst`,
      findings: [{ messageId: "raced", evidence, data: { idleSeconds: "40.0" } }],
    },
    {
      name: "a RST in the place of the FIN, just when the server closes its others",
      packets: inTurn(unread.replace("@rst", "@reset"), closed, closed, closed).replace("@reset", "@rst"),
      findings: [
        {
          messageId: "raced",
          evidence: { last: "last", close: "rst", rst: "rst" },
          data: {
            hitFlows: 1,
            met: "The request had arrived, and was thrown away unread: a RST stands in the place of the FIN.",
          },
          confidence: "strong",
        },
      ],
    },
  ],
  valid: [
    { name: "a server that closes connections that are idle", packets: inTurn(closed, closed, closed) },
    {
      name: "the client's farewell behind the server's FIN",
      packets: `${answered}
        +5    <- F. 1001:1001(0) ack 201
        +.01  -> P. 201:232(31) ack 1002
        +0    -> F. 232:232(0) ack 1002
        +.001 <- R  1002:1002(0)
        +0    <- R  1002:1002(0)`,
    },
    {
      name: "the client's farewell, when its program looks at last",
      packets: `${answered}
        +5    <- F. 1001:1001(0) ack 201
        +.04  -> .  201:201(0) ack 1002
        +60   -> P. 201:232(31) ack 1002
        +0    -> F. 232:232(0) ack 1002
        +.001 <- R  1002:1002(0)
        +0    <- R  1002:1002(0)`,
    },
    {
      name: "both close at the same moment, the client with a last word",
      packets: `${answered}
        +5    <- F. 1001:1001(0) ack 201
        +.01  -> P. 201:401(200) ack 1001
        +0    -> F. 401:401(0) ack 1001
        +.001 <- R  1001:1001(0)`,
    },
    {
      name: "the same seen at the client",
      packets: `${answered}
        +5    -> P. 201:401(200) ack 1001
        +0    -> F. 401:401(0) ack 1001
        +.01  <- F. 1001:1001(0) ack 201
        +.01  <- R  1001:1001(0)`,
    },
    {
      name: "a server that closes behind its answer, while the client has sent more",
      packets: `${answered.replace(" @last", "")}
        +.01  <- F. 1001:1001(0) ack 201
        +.01  -> P. 201:401(200) ack 1001
        +0    <- R  1001:1001(0)`,
    },
    {
      name: "a server that gives up a request it never answered",
      packets: `${answered}
        +1    -> P. 201:401(200) ack 1001
        +.001 <- .  1001:1001(0) ack 401
        +2    <- F. 1001:1001(0) ack 401
        +.01  -> P. 401:601(200) ack 1001
        +0    <- R  1001:1001(0)`,
    },
    {
      name: "a program that ends, with connections that had been idle for two seconds and for three",
      packets: `${answered.replace(" @last", "")}
        connection 2
        ${answered.trim().replace(/^0 /, "+1 ").replace(" @last", "")}
        +2    <- F. 1001:1001(0) ack 201
        +.01  -> F. 201:201(0) ack 1002
        +0    <- .  1002:1002(0) ack 202
        connection 1
        +0    <- F. 1001:1001(0) ack 201
        +.01  -> P. 201:401(200) ack 1001
        +0    <- R  1001:1001(0)`,
    },
    {
      name: "a RST for a request behind a silence, of a server that has closed no other so",
      packets: unread,
    },
    {
      name: "a RST for a request long before the server closes its others",
      packets: inTurn(unread.replace("+5 ", "+2 "), closed, closed, closed),
    },
    {
      name: "a request that is answered after all",
      packets: `${answered}
        +5    -> P. 201:401(200) ack 1001
        +.001 <- P. 1001:2001(1000) ack 401
        +0    <- F. 2001:2001(0) ack 401
        +.01  -> P. 401:432(31) ack 2002
        +0    <- R  2002:2002(0)`,
    },
    {
      name: "a RST behind the answer to the request",
      packets: inTurn(
        `${answered}
        +5    -> P. 201:401(200) ack 1001
        +.001 <- P. 1001:1101(100) ack 401
        +.001 -> .  401:401(0) ack 1101
        +0    <- R. 1101:1101(0) ack 401`,
        ...[closed, closed, closed],
      ),
    },
    {
      name: "a RST that comes much later than anything it could answer",
      packets: `${answered}
        +5    <- F. 1001:1001(0) ack 201
        +.01  -> P. 201:401(200) ack 1001
        +2    <- R  1001:1001(0)`,
    },
  ],
});
