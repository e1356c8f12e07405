import { rtoTailLoss } from "../../src/rules/rto-tail-loss.js";
import { testRule } from "../support/rule-tester.js";

const handshake = `
  0    -> S  0:0(0) <mss 1000,sackOK>
  +.02 <- S. 0:0(0) ack 1 <mss 1000,sackOK>
  +0   -> .  1:1(0) ack 1`;

/** Messages of three segments from the client whose last is lost and comes again after a timeout of 0.24 s and more. */
function lostTails(times: number): string {
  let packets = handshake;
  for (let index = 0; index < times; index++) {
    const sent = 1 + index * 3000;
    const isLast = index === times - 1;
    packets += `
      +.01                    -> P. ${sent}:${sent + 1000}(1000) ack 1
      +0                      -> P. ${sent + 1000}:${sent + 2000}(1000) ack 1
      +0                      -> P. ${sent + 2000}:${sent + 3000}(1000) ack 1 ${isLast ? "@lost" : ""}
      +.02                    <- .  1:1(0) ack ${sent + 2000}
      +${isLast ? ".3" : ".24"} -> P. ${sent + 2000}:${sent + 3000}(1000) ack 1 ${isLast ? "@again" : ""}
      +.02                    <- .  1:1(0) ack ${sent + 3000}`;
  }
  return packets;
}

testRule(rtoTailLoss, {
  invalid: [
    {
      name: "a tail that is lost again and again",
      packets: lostTails(4),
      findings: [
        {
          messageId: "tail",
          evidence: { lost: "lost", retransmission: "again" },
          data: { side: "client", waits: 4, worstMs: 320, hitFlows: 1 },
        },
      ],
    },
    {
      name: "one that is lost once: a note",
      packets: lostTails(1),
      findings: [
        {
          messageId: "seldom",
          evidence: { lost: "lost", retransmission: "again" },
          data: { times: "once" },
          severity: "note",
        },
      ],
    },
    {
      name: "two lost at once: only the first waited for its own timer, the second follows its acknowledgment",
      packets: `${handshake}
        +.01  -> .  1:1001(1000) ack 1
        +.02  <- .  1:1(0) ack 1001
        +.01  -> .  1001:2001(1000) ack 1  @lost
        +0    -> P. 2001:3001(1000) ack 1
        +.3   -> .  1001:2001(1000) ack 1  @again
        +.02  <- .  1:1(0) ack 2001
        +.001 -> P. 2001:3001(1000) ack 1
        +.02  <- .  1:1(0) ack 3001`,
      findings: [
        {
          messageId: "seldom",
          evidence: { lost: "lost", retransmission: "again" },
          data: { times: "once", worstMs: 300, totalMs: 300 },
          severity: "note",
        },
      ],
    },
    {
      name: "one with nothing but the FIN behind it",
      packets: `${handshake}
        +.01  -> .  1:1001(1000) ack 1
        +.02  <- .  1:1(0) ack 1001
        +.01  -> .  1001:2001(1000) ack 1  @lost
        +.01  -> F. 2001:2001(0) ack 1
        +.3   -> .  1001:2001(1000) ack 1  @again
        +.02  <- .  1:1(0) ack 2001
        +.001 -> F. 2001:2001(0) ack 1
        +.02  <- F. 1:1(0) ack 2002
        +.001 -> .  2002:2002(0) ack 2`,
      findings: [
        { messageId: "seldom", evidence: { lost: "lost", retransmission: "again" }, severity: "note" },
      ],
    },
  ],

  valid: [
    {
      name: "a download that a client cancels while all of it stands still: the tail may be late as the rest was",
      packets: `${handshake}
        +.01  -> P. 1:101(100) ack 1
        +.02  <- .  1:1001(1000) ack 101
        +0    <- .  1001:2001(1000) ack 101
        +0    <- P. 2001:3001(1000) ack 101
        +.02  -> .  101:101(0) ack 1001
        +.2   <- P. 2001:3001(1000) ack 101
        +.01  -> F. 101:101(0) ack 1001
        +.001 <- .  3001:3001(0) ack 102
        +.15  <- .  1001:2001(1000) ack 102
        +.02  -> R  102:102(0)`,
    },
    {
      name: "losses in the middle, which duplicate ACKs bring back",
      packets: `${handshake}
        +.01  -> P. 1:1001(1000) ack 1
        +0    -> P. 1001:2001(1000) ack 1
        +0    -> P. 2001:3001(1000) ack 1
        +0    -> P. 3001:4001(1000) ack 1
        +0    -> P. 4001:5001(1000) ack 1
        +.02  <- .  1:1(0) ack 1001
        +0    <- .  1:1(0) ack 1001 <sack 2001:3001>
        +0    <- .  1:1(0) ack 1001 <sack 2001:4001>
        +0    <- .  1:1(0) ack 1001 <sack 2001:5001>
        +.001 -> P. 1001:2001(1000) ack 1
        +.02  <- .  1:1(0) ack 5001`,
    },
    {
      name: "a loss in the middle whose SACK blocks never came, so that a timeout was needed",
      packets: `${handshake}
        +.01  -> P. 1:1001(1000) ack 1
        +.02  <- .  1:1(0) ack 1001
        +.01  -> .  1001:2001(1000) ack 1
        +0    -> .  2001:3001(1000) ack 1
        +0    -> P. 3001:4001(1000) ack 1
        +.02  <- .  1:1(0) ack 1001
        +0    <- .  1:1(0) ack 1001
        +.3   -> .  1001:2001(1000) ack 1
        +.02  <- .  1:1(0) ack 4001
        ${[0, 1, 2, 3, 4].map((at) => `+0 -> . ${4001 + at * 1000}:${5001 + at * 1000}(1000) ack 1`).join("\n")}
        +.02  <- .  1:1(0) ack 4001 <sack 6001:7001>
        +0    <- .  1:1(0) ack 4001 <sack 6001:8001>
        +0    <- .  1:1(0) ack 4001 <sack 6001:9001>
        +.001 -> .  4001:5001(1000) ack 1
        +0    -> .  5001:6001(1000) ack 1
        +.02  <- .  1:1(0) ack 9001`,
    },
    {
      name: "one with two behind it of which only the first was lost, too, and once more",
      packets: `${handshake}
        +.01  -> P. 1:1001(1000) ack 1
        +.02  <- .  1:1(0) ack 1001
        +.01  -> .  1001:2001(1000) ack 1
        +0    -> .  2001:3001(1000) ack 1
        +0    -> P. 3001:4001(1000) ack 1
        +.02  <- .  1:1(0) ack 1001
        +.3   -> .  1001:2001(1000) ack 1
        +.02  <- .  1:1(0) ack 2001
        +.001 -> .  2001:3001(1000) ack 1
        +.3   -> .  2001:3001(1000) ack 1
        +.02  <- .  1:1(0) ack 4001`,
    },
    {
      name: "one with one behind it that is sent again in vain",
      packets: `${handshake}
        +.01  -> P. 1:1001(1000) ack 1
        +.02  <- .  1:1(0) ack 1001
        +.01  -> .  1001:2001(1000) ack 1
        +0    -> P. 2001:3001(1000) ack 1
        +.3   -> .  1001:2001(1000) ack 1
        +0    -> P. 2001:3001(1000) ack 1
        +.02  <- .  1:1(0) ack 3001
        +0    <- .  1:1(0) ack 3001 <sack 2001:3001>`,
    },
    {
      name: "a last word to a side that has closed: nobody waits for it",
      packets: `${handshake}
        +.01  -> P. 1:101(100) ack 1
        +.02  <- F. 1:1(0) ack 101
        +.001 -> P. 101:132(31) ack 2
        +.25  -> P. 101:132(31) ack 2
        +.02  <- R  2:2(0)`,
    },
    {
      name: "a timeout that was not needed: the receiver reports the segment as received twice",
      packets: `${handshake}
        +.01  -> P. 1:1001(1000) ack 1
        +.02  <- .  1:1(0) ack 1001
        +.01  -> P. 1001:2001(1000) ack 1
        +.25  -> P. 1001:2001(1000) ack 1
        +.005 <- .  1:1(0) ack 2001
        +.02  <- .  1:1(0) ack 2001 <sack 1001:2001>`,
    },
    {
      name: "an outage, in which the same segment is sent again and again",
      packets: `${handshake}
        +.01 -> P. 1:1001(1000) ack 1
        +.02 <- .  1:1(0) ack 1001
        +.01 -> P. 1001:2001(1000) ack 1
        +.3  -> P. 1001:2001(1000) ack 1
        +.6  -> P. 1001:2001(1000) ack 1
        +1.2 -> P. 1001:2001(1000) ack 1
        +.02 <- .  1:1(0) ack 2001`,
    },
    {
      name: "a receiver that falls silent: what is sent to it again is never acknowledged",
      packets: `${handshake}
        +.01 -> P. 1:1001(1000) ack 1
        +.02 <- .  1:1(0) ack 1001
        +.01 -> P. 1001:2001(1000) ack 1
        +.3  -> P. 1001:2001(1000) ack 1
        +.6  -> P. 1001:2001(1000) ack 1`,
    },
    {
      name: "the same with more behind it, which a probe sent again before the timer",
      packets: `${handshake}
        +.01 -> P. 1:1001(1000) ack 1
        +.02 <- .  1:1(0) ack 1001
        +.01 -> .  1001:2001(1000) ack 1
        +0   -> P. 2001:3001(1000) ack 1
        +.2  -> P. 2001:3001(1000) ack 1
        +.3  -> .  1001:2001(1000) ack 1
        +.6  -> .  1001:2001(1000) ack 1`,
    },
    {
      name: "the end of what an outage held up, which follows the acknowledgment of older data",
      packets: `${handshake}
        +.01  -> .  1:1001(1000) ack 1
        +.02  <- .  1:1(0) ack 1001
        +.01  -> .  1001:2001(1000) ack 1
        +0    -> P. 2001:3001(1000) ack 1
        +.3   -> .  1001:2001(1000) ack 1
        +.6   -> .  1001:2001(1000) ack 1
        +1.2  -> .  1001:2001(1000) ack 1
        +.02  <- .  1:1(0) ack 2001
        +.001 -> P. 2001:3001(1000) ack 1
        +.02  <- .  1:1(0) ack 3001`,
    },
  ],
});
