import { rstMidStream } from "../../src/rules/rst-mid-stream.js";
import { testRule } from "../support/rule-tester.js";

const open = `
  0     -> S  0:0(0) @syn
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1`;
const exchange = `
  +0    -> P. 1:201(200) ack 1 @data
  +.001 <- P. 1:1001(1000) ack 201 @answer
  +0    -> .  201:201(0) ack 1001`;
/** Five segments that are acknowledged: `octets` from sequence number `from` on, behind `ack` of the server's. */
function upload(from: number, octets: number, ack: number): string {
  const end = from + octets;
  const lines: string[] = [];
  for (let at = from; at < end; ) {
    const to = Math.min(end, at + Math.ceil(octets / 5));
    lines.push(`+0 -> P. ${at}:${to}(${to - at}) ack ${ack}`, `+.001 <- . ${ack}:${ack}(0) ack ${to}`);
    at = to;
  }
  return lines.join("\n");
}
const evidence = { data: "data", rst: "rst" };

testRule(rstMidStream, {
  invalid: [
    {
      name: "a server that closes without having read all of an upload",
      packets: `${open}
        +0    -> P. 1:201(200) ack 1 @data
        +.001 <- .  1:1(0) ack 201
        +.001 -> P. 201:1401(1200) ack 1
        +0    <- R. 1:1(0) ack 201 @rst`,
      findings: [
        { messageId: "unserved", evidence, data: { side: "server", bytes: 1200 }, confidence: "strong" },
      ],
    },
    {
      name: "a server that answers, and closes with the rest of an upload unread: the answer may be lost with it",
      packets: `${open}
        +0    -> P. 1:201(200) ack 1 @data
        +.001 <- .  1:1(0) ack 201
        +.001 -> P. 201:1401(1200) ack 1
        +0    <- P. 1:27(26) ack 201
        +.0001 <- R. 27:27(0) ack 201 @rst`,
      findings: [
        {
          messageId: "unserved",
          evidence,
          data: {
            unservedNote:
              "with 1200 octets of the client's data not acknowledged, right behind its own last data: the client may lose that as well, if its program had not read it before",
          },
        },
      ],
    },
    {
      name: "a server that resets an upload long behind what it had said",
      packets: `${open}${exchange}
        +3    -> P. 201:1401(1200) ack 1001
        +0    <- R. 1001:1001(0) ack 201 @rst`,
      findings: [
        {
          messageId: "unserved",
          evidence,
          data: { unservedNote: "with 1200 octets of the client's data not acknowledged" },
        },
      ],
    },
    {
      name: "a server that throws away the rest of its own answer",
      packets: `${open}
        +0    -> P. 1:201(200) ack 1 @data
        +.001 <- P. 1:1001(1000) ack 201
        +.001 <- R. 1001:1001(0) ack 201 @rst`,
      findings: [
        {
          messageId: "unserved",
          evidence,
          data: {
            unservedNote:
              "with 1000 octets of the server's data not acknowledged, right behind its own last data: the client may lose that as well, if its program had not read it before",
          },
        },
      ],
    },
    {
      name: "a server that resets without a word after it has acknowledged the request",
      packets: `${open}
        +0    -> P. 1:201(200) ack 1 @data
        +.001 <- .  1:1(0) ack 201
        +.5   <- R. 1:1(0) ack 201 @rst`,
      findings: [{ messageId: "unserved", evidence }],
    },
    {
      name: "a server that resets without a word what it took a quarter of a mebioctet of: a measurement may have ended",
      packets: `${open}
        +0    -> P. 1:38(37) ack 1 @data
        +.001 <- .  1:1(0) ack 38
        ${upload(38, 262_108, 1)}
        +.001 -> P. 262146:263594(1448) ack 1
        +0    <- R. 1:1(0) ack 262146 @rst`,
      findings: [
        {
          messageId: "oneWay",
          evidence,
          data: {
            takenBytes: 262_145,
            untakenNote: ", with 1448 octets of the client's data not acknowledged",
          },
          confidence: "weak",
        },
      ],
    },
    {
      name: "the same, all of which was acknowledged",
      packets: `${open}
        +0    -> P. 1:38(37) ack 1 @data
        +.001 <- .  1:1(0) ack 38
        ${upload(38, 262_107, 1)}
        +.1   <- R. 1:1(0) ack 262145 @rst`,
      findings: [{ messageId: "oneWay", evidence, data: { untakenNote: "" }, confidence: "weak" }],
    },
    {
      name: "an octet less is a request that was not served",
      packets: `${open}
        +0    -> P. 1:38(37) ack 1 @data
        +.001 <- .  1:1(0) ack 38
        ${upload(38, 262_106, 1)}
        +.1   <- R. 1:1(0) ack 262144 @rst`,
      findings: [{ messageId: "unserved", evidence, confidence: "strong" }],
    },
    {
      name: "a server that has said a word is not one way",
      packets: `${open}${exchange}
        ${upload(201, 262_144, 1001)}
        +0    -> P. 262345:262445(100) ack 1001
        +0    <- R. 1001:1001(0) ack 262345 @rst`,
      findings: [{ messageId: "unserved", evidence, confidence: "strong" }],
    },
    {
      name: "a RST in the server's name by what acknowledges a hundred times quicker than the SYN-ACK came",
      packets: `
        0      -> S  0:0(0)
        +.15   <- S. 0:0(0) ack 1
        +0     -> .  1:1(0) ack 1
        +0     -> P. 1:201(200) ack 1 @data
        +.0002 <- .  1:1(0) ack 201
        +.5    <- R. 1:1(0) ack 201 @rst`,
      findings: [{ messageId: "unserved", evidence, confidence: "weak" }],
    },
    {
      name: "a server that resets what a client that has closed its half still waits to get through",
      packets: `${open}
        +0    -> P. 1:201(200) ack 1 @data
        +.001 <- .  1:1(0) ack 201
        +.001 -> F. 201:1401(1200) ack 1
        +.001 <- R. 1:1(0) ack 201 @rst`,
      findings: [{ messageId: "halfClosed", evidence }],
    },
    {
      name: "a client that has waited for the first answer",
      packets: `${open}
        +0    -> P. 1:201(200) ack 1 @request
        +.001 <- .  1:1(0) ack 201
        +5    -> R. 201:201(0) ack 1 @rst`,
      findings: [
        {
          messageId: "gaveUp",
          evidence: { data: "syn", rst: "rst" },
          data: { side: "client", worstSeconds: "5.0" },
        },
      ],
    },
    {
      name: "a client that cancels a download is a note",
      packets: `${open}${exchange}
        +.001 <- P. 1001:2001(1000) ack 201
        +0    -> R. 201:201(0) ack 1001 @rst`,
      findings: [
        {
          messageId: "aborted",
          evidence: { data: "answer", rst: "rst" },
          data: { bytesNote: "1000 octets of the server's data not acknowledged" },
          severity: "note",
        },
      ],
    },
    {
      name: "a client that says good-bye after a silence and resets at once: nothing was waited for",
      packets: `${open}${exchange}
        +5     -> P. 201:207(6) ack 1001
        +.0001 -> R. 207:207(0) ack 1001 @rst`,
      findings: [
        {
          messageId: "aborted",
          evidence: { data: "answer", rst: "rst" },
          data: { bytesNote: "6 octets of the client's data not acknowledged" },
          severity: "note",
        },
      ],
    },
    {
      name: "one that waits for the acknowledgment of its good-bye: not longer than since it said that",
      packets: `${open}${exchange}
        +5   -> P. 201:207(6) ack 1001
        +.3  -> P. 201:207(6) ack 1001
        +.7  -> R. 207:207(0) ack 1001 @rst`,
      findings: [
        {
          messageId: "gaveUp",
          evidence: { data: "answer", rst: "rst" },
          data: { side: "client", worstSeconds: "1.0" },
        },
      ],
    },
    {
      name: "a server that says good-bye after a silence and resets at once",
      packets: `${open}${exchange}
        +5     <- P. 1001:1007(6) ack 201
        +.0001 <- R. 1007:1007(0) ack 201 @rst`,
      findings: [
        {
          messageId: "unserved",
          evidence,
          data: { side: "server", bytes: 6 },
        },
      ],
    },
    {
      name: "one that cancels an upload, too: the octets are its own",
      packets: `${open}${exchange}
        +.001 -> P. 201:1401(1200) ack 1001
        +0    -> R. 1401:1401(0) ack 1001 @rst`,
      findings: [
        {
          messageId: "aborted",
          evidence: { data: "answer", rst: "rst" },
          data: { bytesNote: "1200 octets of the client's data not acknowledged" },
          severity: "note",
        },
      ],
    },
    {
      name: "a client that has waited for what fills a gap, since the last of the data",
      packets: `${open}${exchange}
        +.001 <- P. 2001:3001(1000) ack 201
        +0    -> .  201:201(0) ack 1001
        +30   -> R. 201:201(0) ack 1001 @rst`,
      findings: [
        {
          messageId: "stalled",
          evidence: { data: "answer", rst: "rst" },
          data: {
            side: "client",
            worstSeconds: "30.0",
            bytesNote: "2000 octets of the server's data not acknowledged",
          },
          severity: "warning",
          confidence: "strong",
        },
      ],
    },
    {
      name: "a client that leaves what it keeps waiting itself, by a closed window: cancelled",
      packets: `${open}${exchange}
        +.001 -> .  201:201(0) ack 1001 win 0
        +.3   <- .  1001:1002(1) ack 201
        +30   -> R. 201:201(0) ack 1001 @rst`,
      findings: [{ messageId: "aborted", evidence: { data: "answer", rst: "rst" }, severity: "note" }],
    },
    {
      name: "a RST of other distance than the server's segments",
      packets: `${open}${exchange}
        +.001 -> P. 201:401(200) ack 1001
        +.001 <- R. 1001:1001(0) ack 201 {ttl 50} @rst`,
      findings: [{ messageId: "injected", evidence, confidence: "weak" }],
    },
    {
      name: "a server that goes on after the RST in its name",
      packets: `${open}${exchange}
        +.001 <- R. 1001:1001(0) ack 201 @rst
        +.02  <- P. 1001:2001(1000) ack 201`,
      findings: [{ messageId: "injected", evidence, confidence: "strong" }],
    },
  ],
  valid: [
    {
      name: "a client that has closed and resets what comes then, while its FIN was not captured",
      packets: `${open}
        +.02  <- P. 1:91(90) ack 1
        +0    -> R  1:1(0)
        +.01  <- F. 91:91(0) ack 2
        +0    -> R  2:2(0)`,
    },
    {
      name: "a connection captured from its end on: what the server had answered before is not known",
      packets: `
        0     -> P. 201:401(200) ack 1001
        +.001 <- .  1001:1001(0) ack 401
        +0    <- R. 1001:1001(0) ack 401`,
    },
    {
      name: "a RST that nobody took for the end: both sides go on and close in order",
      packets: `${open}${exchange}
        +.001 -> P. 201:401(200) ack 1001
        +.001 <- R. 1001:1001(0) ack 201
        +.02  <- P. 1001:2001(1000) ack 401
        +.001 -> F. 401:401(0) ack 2001
        +.001 <- F. 2001:2001(0) ack 402
        +0    -> .  402:402(0) ack 2002`,
    },
    {
      name: "data of another recording behind the RST, beyond a gap",
      packets: `${open}${exchange}
        +.01  <- R. 1001:1001(0) ack 201
        +.02  <- P. 2036:2136(100) ack 200`,
    },
    {
      name: "a server that closes by RST when all was said (SO_LINGER 0)",
      packets: `${open}${exchange}
        +.01  <- R. 1001:1001(0) ack 201`,
    },
    {
      name: "a browser that closes by RST when it has all",
      packets: `${open}${exchange}
        +.01  -> R. 201:201(0) ack 1001`,
    },
    {
      name: "a RST that answers data behind the sender's FIN",
      packets: `${open}${exchange}
        +.01  <- F. 1001:1001(0) ack 201
        +.001 -> P. 201:401(200) ack 1002
        +.001 <- R  1002:1002(0)`,
    },
    {
      name: "a load generator that closes while answers are under way",
      packets: `${open}${exchange}
        +.001 -> P. 201:401(200) ack 1001
        +0    -> F. 401:401(0) ack 1001
        +.001 <- P. 1001:2001(1000) ack 402
        +0    -> R  402:402(0)`,
    },
    {
      name: "a server that answers a FIN by RST when all was said",
      packets: `${open}${exchange}
        +.01  -> F. 201:201(0) ack 1001
        +.001 <- R. 1001:1001(0) ack 202`,
    },
    {
      name: "an idle connection that its client resets",
      packets: `${open}${exchange}
        +60   -> R. 201:201(0) ack 1001`,
    },
  ],
});
