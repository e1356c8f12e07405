import { delayedAckNagle } from "../../src/rules/delayed-ack-nagle.js";
import { testRule } from "../support/rule-tester.js";

const handshake = `
  0      -> S  0:0(0) <mss 1460>
  +.0005 <- S. 0:0(0) ack 1 <mss 1460>
  +0     -> .  1:1(0) ack 1`;

/** A SYN-ACK that took much longer than the first ACK of data, and has no option: a proxy near the client made it. */
const proxyHandshake = `
  0      -> S  0:0(0) <mss 1460,sackOK,wscale 6>
  +.006  <- S. 0:0(0) ack 1
  +.0005 -> .  1:1(0) ack 1
  +.0001 -> P. 1:101(100) ack 1
  +.0003 <- .  1:1(0) ack 101`;

/** Requests of two writes each: the second goes when the delayed ACK of the first has come. The last does not count. */
function writesInPieces(times: number, waitSeconds: number, thinkSeconds: number, labelled = 0): string {
  let packets = handshake;
  for (let index = 0; index < times; index++) {
    const sent = 1 + index * 100;
    const received = 1 + index * 20;
    const label = index === labelled;
    packets += `
      +${thinkSeconds}   -> P. ${sent}:${sent + 40}(40) ack ${received} ${label ? "@small" : ""}
      +${waitSeconds}    <- .  ${received}:${received}(0) ack ${sent + 40} ${label ? "@ack" : ""}
      +.0002             -> P. ${sent + 40}:${sent + 100}(60) ack ${received}
      +.0005             <- P. ${received}:${received + 20}(20) ack ${sent + 100}`;
  }
  return `${packets}
    +.04 -> . ${1 + times * 100}:${1 + times * 100}(0) ack ${1 + times * 20}`;
}

/**
 * A server's segments of one size, each of which comes at once behind the delayed ACK of the one before, which offers so many
 * octets.
 */
function spacedSegments(octets: number, window = 65535): string {
  let packets = `${handshake}
    +0     -> P. 1:101(100) ack 1
    +.0005 <- P. 1:101(100) ack 101
    +.0001 -> .  101:101(0) ack 101 win ${window}`;
  for (let index = 0; index < 8; index++) {
    const [from, to] = [101 + index * octets, 101 + (index + 1) * octets];
    packets += `
      +.001  <- .  ${from}:${to}(${octets}) ack 101 ${index === 0 ? "@small" : ""}
      +.042  -> .  101:101(0) ack ${to} win ${window} ${index === 0 ? "@ack" : ""}`;
  }
  return packets;
}

testRule(delayedAckNagle, {
  invalid: [
    {
      name: "requests written in two pieces, one after the other",
      packets: writesInPieces(8, 0.0405, 0.0003),
      findings: [
        {
          messageId: "waits",
          evidence: { small: "small", ack: "ack" },
          data: { side: "client", peer: "server", count: 7, meanMs: 41 },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a way that the handshake took as late as an ACK that is delayed: less sure",
      packets: writesInPieces(8, 0.0405, 0.0003, 1).replace("+.0005 <- S.", "+.036 <- S."),
      findings: [
        {
          messageId: "waits",
          evidence: { small: "small", ack: "ack" },
          data: { count: 6 },
          confidence: "weak",
        },
      ],
    },
    {
      name: "a SYN-ACK a little sooner than that",
      packets: writesInPieces(8, 0.0405, 0.0003, 1).replace("+.0005 <- S.", "+.035 <- S."),
      findings: [
        {
          messageId: "waits",
          evidence: { small: "small", ack: "ack" },
          data: { count: 6 },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a client whose ACK of the handshake came as late as the ACKs for which the server waited: less sure",
      packets: `
        0      -> S  0:0(0) <mss 1460>
        +.0005 <- S. 0:0(0) ack 1 <mss 1460>
        +.041  -> .  1:1(0) ack 1
        +.3    -> P. 1:101(100) ack 1
        +.0005 <- P. 1:21(20) ack 101
        +.0005 -> .  101:101(0) ack 21
        +.3    <- P. 21:41(20) ack 101    @small
        +.0515 -> .  101:101(0) ack 41    @ack
        +.0002 <- P. 41:81(40) ack 101
        +.051  -> .  101:101(0) ack 81
        +.0002 <- P. 81:121(40) ack 101
        +.051  -> .  101:101(0) ack 121
        +.0002 <- P. 121:161(40) ack 101
        +.051  -> .  101:101(0) ack 161
        +.0002 <- P. 161:201(40) ack 101
        +.051  -> .  101:101(0) ack 201
        +.0002 <- P. 201:241(40) ack 101
        +.051  -> .  101:101(0) ack 241
        +.0002 <- P. 241:281(40) ack 101`,
      findings: [
        {
          messageId: "waits",
          evidence: { small: "small", ack: "ack" },
          data: { side: "server", peer: "client" },
          confidence: "weak",
        },
      ],
    },
    {
      name: "a proxy near the client that writes in the server's name: less sure",
      packets: `${proxyHandshake}
        +.3    <- P. 1:41(40) ack 101     @small
        +.0515 -> .  101:101(0) ack 41    @ack
        +.0002 <- P. 41:81(40) ack 101
        +.051  -> .  101:101(0) ack 81
        +.0002 <- P. 81:121(40) ack 101
        +.051  -> .  101:101(0) ack 121
        +.0002 <- P. 121:161(40) ack 101
        +.051  -> .  101:101(0) ack 161
        +.0002 <- P. 161:201(40) ack 101
        +.051  -> .  101:101(0) ack 201`,
      findings: [
        {
          messageId: "waits",
          evidence: { small: "small", ack: "ack" },
          data: { side: "server" },
          confidence: "weak",
        },
      ],
    },
    {
      name: "a client that writes in pieces to a proxy near it: the client is known",
      packets: `${proxyHandshake}
        +.3    -> P. 101:141(40) ack 1    @small
        +.0515 <- .  1:1(0) ack 141       @ack
        +.0002 -> P. 141:181(40) ack 1
        +.051  <- .  1:1(0) ack 181
        +.0002 -> P. 181:221(40) ack 1
        +.051  <- .  1:1(0) ack 221
        +.0002 -> P. 221:261(40) ack 1
        +.051  <- .  1:1(0) ack 261
        +.0002 -> P. 261:301(40) ack 1
        +.051  <- .  1:1(0) ack 301`,
      findings: [
        {
          messageId: "waits",
          evidence: { small: "small", ack: "ack" },
          data: { side: "client" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "the same where the rest is a FIN, a full segment, or behind one: these may go, as may what the other side sends",
      packets: `${writesInPieces(5, 0.0405, 0.0003)}
        +1    -> P. 501:541(40) ack 101
        +.031 -> .  541:1961(1420) ack 101
        +.031 -> P. 1961:2001(40) ack 101
        +.001 <- .  101:101(0) ack 2001
        +.01  <- P. 101:121(20) ack 2001
        +.031 <- P. 121:141(20) ack 2001
        +.001 -> .  2001:2001(0) ack 141
        +.1   -> P. 2001:2011(10) ack 141
        +.031 -> P. 2001:2011(10) ack 141
        +.031 -> FP. 2011:2021(10) ack 141`,
      findings: [
        { messageId: "waits", evidence: { small: "small", ack: "ack" }, data: { side: "client", count: 4 } },
      ],
    },
    {
      name: "the same with time to think between requests, and an ACK delayed by 200 ms",
      packets: writesInPieces(5, 0.2, 1),
      findings: [
        { messageId: "waits", evidence: { small: "small", ack: "ack" }, data: { count: 4, meanMs: 200 } },
      ],
    },
    {
      name: "small writes that nobody answers, each after the ACK of the one before",
      packets: `${handshake}
        +.001  -> P. 1:41(40) ack 1     @small
        +.044  <- .  1:1(0) ack 41      @ack
        +.0002 -> P. 41:81(40) ack 1
        +.041  <- .  1:1(0) ack 81
        +.0002 -> P. 81:121(40) ack 1
        +.041  <- .  1:1(0) ack 121
        +.0002 -> P. 121:161(40) ack 1
        +.041  <- .  1:1(0) ack 161
        +.0002 -> P. 161:201(40) ack 1
        +.041  <- .  1:1(0) ack 201`,
      findings: [{ messageId: "waits", evidence: { small: "small", ack: "ack" }, data: { count: 4 } }],
    },
    {
      name: "segments with room for every option that TCP has, and one octet more",
      packets: spacedSegments(1419),
      findings: [
        { messageId: "waits", evidence: { small: "small", ack: "ack" }, data: { side: "server", count: 7 } },
      ],
    },
    {
      name: "segments of which the receiver's window has room for two",
      packets: spacedSegments(724, 1448),
      findings: [
        { messageId: "waits", evidence: { small: "small", ack: "ack" }, data: { side: "server", count: 7 } },
      ],
    },
    {
      name: "the same where it has not, in a capture that begins in mid-stream: windows may be scaled",
      packets: spacedSegments(400, 400).replace(handshake, "").replace("+0 ", "0 "),
      findings: [
        { messageId: "waits", evidence: { small: "small", ack: "ack" }, data: { side: "server", count: 7 } },
      ],
    },
  ],

  valid: [
    {
      name: "a sender that begins the next with the ACK of the one before, and does not always wait for it: Nagle is off",
      packets: `${writesInPieces(5, 0.0405, 0.0003)}
        +1    -> P. 501:541(40) ack 101
        +.031 -> P. 541:581(40) ack 101
        +.02  <- .  101:101(0) ack 581`,
    },
    {
      name: "segments of which the receiver's window has no room for two: the window holds back the next",
      packets: spacedSegments(724, 1447),
    },
    {
      name: "a client's messages that follow the broker's, each with an ACK that is late",
      packets: `${handshake}
        +.1 -> P. 1:3(2) ack 1
        ${Array.from({ length: 12 }, (_, index) => {
          const [sent, told] = [3 + index * 4, 1 + index * 18];
          return `+.042 <- .  ${told}:${told}(0) ack ${sent}
            +.012   <- P. ${told}:${told + 18}(18) ack ${sent}
            +.003   -> P. ${sent}:${sent + 2}(2) ack ${told + 18}
            +.0001  <- .  ${told + 18}:${told + 18}(0) ack ${sent + 2}
            +.0004  -> P. ${sent + 2}:${sent + 4}(2) ack ${told + 18}`;
        }).join("\n")}`,
    },
    {
      name: "a few waits among many delayed ACKs that let nothing go: chance",
      packets: `${writesInPieces(6, 0.0405, 0.0003)}
        ${Array.from({ length: 60 }, (_, index) => {
          const sent = 601 + index * 10;
          return `+1 -> P. ${sent}:${sent + 10}(10) ack 121\n+.04 <- . 121:121(0) ack ${sent + 10}`;
        }).join("\n")}`,
    },
    {
      name: "messages of a distant gateway that cross their ACKs on the way",
      packets: `
        0     -> S  0:0(0) <mss 1460>
        +.7   <- S. 0:0(0) ack 1 <mss 255>
        +.003 -> .  1:1(0) ack 1
        +.001 -> P. 1:17(16) ack 1
        +.7   <- .  1:17(16) ack 17
        +.002 -> P. 17:33(16) ack 17
        +.7   <- .  17:17(0) ack 33
        +.3   <- .  17:33(16) ack 33
        +.2   -> .  33:33(0) ack 33
        +.013 <- .  33:49(16) ack 33
        +.2   -> .  33:33(0) ack 49
        +.012 <- .  49:65(16) ack 33
        +.2   -> .  33:33(0) ack 65
        +.02 <- .  65:81(16) ack 33
        +.2   -> .  33:33(0) ack 81
        +.015 <- .  81:97(16) ack 33
        +.2   -> .  33:33(0) ack 97
        +.013 <- .  97:113(16) ack 33
        +.2   -> .  33:33(0) ack 113`,
    },
    {
      name: "full segments of a download over a full queue: options take the rest of the MSS",
      packets: spacedSegments(1420),
    },
    { name: "three such waits: chance", packets: writesInPieces(3, 0.0405, 0.0003) },
    {
      name: "a server that takes longer to answer than its kernel to acknowledge",
      packets: `${handshake}
        repeat 1 every 1 {
          +0     -> P. 1:41(40) ack 1
          +.04   <- .  1:1(0) ack 41
          +.02   <- P. 1:21(20) ack 41
          +.0003 -> P. 41:81(40) ack 21
          +.04   <- .  21:21(0) ack 81
          +.02   <- P. 21:41(20) ack 81
          +.0003 -> P. 81:121(40) ack 41
          +.04   <- .  41:41(0) ack 121
          +.02   <- P. 41:61(20) ack 121
          +.0003 -> P. 121:161(40) ack 61
          +.04   <- .  61:61(0) ack 161
          +.02   <- P. 61:81(20) ack 161
          +.0003 -> P. 161:201(40) ack 81
          +.04   <- .  81:81(0) ack 201
          +.02   <- P. 81:101(20) ack 201
          +.0003 -> .  201:201(0) ack 101
        }`,
    },
    {
      name: "typing: every key is echoed, and the next comes when it is pressed",
      packets: `${handshake}
        +.15   -> P. 1:37(36) ack 1
        +.001  <- P. 1:37(36) ack 37
        +.041  -> .  37:37(0) ack 37
        +.11   -> P. 37:73(36) ack 37
        +.001  <- P. 37:73(36) ack 73
        +.041  -> .  73:73(0) ack 73
        +.12   -> P. 73:109(36) ack 73
        +.001  <- P. 73:109(36) ack 109
        +.041  -> .  109:109(0) ack 109
        +.09   -> P. 109:145(36) ack 109
        +.001  <- P. 109:145(36) ack 145
        +.041  -> .  145:145(0) ack 145
        +.13   -> P. 145:181(36) ack 145
        +.001  <- P. 145:181(36) ack 181
        +.041  -> .  181:181(0) ack 181`,
    },
    {
      name: "messages at an interval a little longer than the ACK's delay",
      packets: `${handshake}
        +.02   -> P. 1:41(40) ack 1
        +.04   <- .  1:1(0) ack 41
        +.02   -> P. 41:81(40) ack 1
        +.04   <- .  1:1(0) ack 81
        +.02   -> P. 81:121(40) ack 1
        +.04   <- .  1:1(0) ack 121
        +.02   -> P. 121:161(40) ack 1
        +.04   <- .  1:1(0) ack 161
        +.02   -> P. 161:201(40) ack 1
        +.04   <- .  1:1(0) ack 201`,
    },
  ],
});
