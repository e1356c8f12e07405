import { expect } from "chai";
import { causesOf, judgeScript } from "./judge-script.js";

/** A client with a round trip of 40 ms, seen at the client. */
const OPEN = `
  0     -> S  0:0(0) <mss 1460,sackOK>
  +.04  <- S. 0:0(0) ack 1 <mss 1460,sackOK>
  +.001 -> .  1:1(0) ack 1
`;
const OPEN_WITHOUT_SACK = `
  0     -> S  0:0(0) <mss 1460>
  +.04  <- S. 0:0(0) ack 1 <mss 1460>
  +.001 -> .  1:1(0) ack 1
`;
/** Five segments of 100 octets. */
const FLIGHT = `
  +0    -> .  1:101(100) ack 1
  +0    -> .  101:201(100) ack 1
  +0    -> .  201:301(100) ack 1
  +0    -> .  301:401(100) ack 1
  +0    -> P. 401:501(100) ack 1
`;

describe("the cause of a repeated segment", () => {
  it("is none for data in order, for answers and for acknowledgments", () => {
    expect(
      causesOf(`${OPEN}${FLIGHT}
      +.04 <- . 1:1(0) ack 501
      +0   <- P. 1:101(100) ack 501
      +0   -> . 501:501(0) ack 101
      +0   -> F. 501:501(0) ack 101
      +.04 <- F. 101:101(0) ack 502
      +0   -> . 502:502(0) ack 102
    `),
    ).to.deep.equal([]);
  });

  describe("fast retransmission", () => {
    it("is certain after three duplicate ACKs (RFC 5681, section 3.2)", () => {
      expect(
        causesOf(`${OPEN_WITHOUT_SACK}${FLIGHT}
        +.04 <- . 1:1(0) ack 1
        +0   <- . 1:1(0) ack 1
        +0   <- . 1:1(0) ack 1
        +0   -> . 1:101(100) ack 1 @again
      `),
      ).to.deep.equal(["again: fast certain"]);
    });

    it("is found long after tshark's 20 ms, when the path takes longer than that", () => {
      expect(
        causesOf(`${OPEN}${FLIGHT}
        +.04 <- . 1:1(0) ack 1 <sack 101:201>
        +0   <- . 1:1(0) ack 1 <sack 101:301>
        +0   <- . 1:1(0) ack 1 <sack 101:401>
        +.06 -> . 1:101(100) ack 1 @again
      `),
      ).to.deep.equal(["again: fast certain"]);
    });

    it("is strong after one SACK: the sender judged by time (RFC 8985)", () => {
      expect(
        causesOf(`${OPEN}${FLIGHT}
        +.04 <- . 1:1(0) ack 1 <sack 401:501>
        +.01 -> . 1:101(100) ack 1 @again
      `),
      ).to.deep.equal(["again: fast strong"]);
    });

    it("goes on with each partial acknowledgment (RFC 6582)", () => {
      expect(
        causesOf(`${OPEN_WITHOUT_SACK}${FLIGHT}
        +.04 <- . 1:1(0) ack 1
        +0   <- . 1:1(0) ack 1
        +0   <- . 1:1(0) ack 1
        +0   -> . 1:101(100) ack 1 @first
        +.04 <- . 1:1(0) ack 201
        +0   -> . 201:301(100) ack 1 @second
      `),
      ).to.deep.equal(["first: fast certain", "second: fast strong"]);
    });

    it("may repeat a retransmission that was lost, too", () => {
      const judged = judgeScript(`${OPEN}${FLIGHT}
        +.04 <- . 1:1(0) ack 1 <sack 101:201>
        +0   <- . 1:1(0) ack 1 <sack 101:301>
        +0   <- . 1:1(0) ack 1 <sack 101:401>
        +0   -> . 1:101(100) ack 1 @first
        +0   -> . 501:601(100) ack 1
        +.06 <- . 1:1(0) ack 1 <sack 101:601>
        +0   -> . 1:101(100) ack 1 @second
      `);
      expect(judged.map(({ cause, transmission }) => [cause, transmission])).to.deep.equal([
        ["fast certain", 2],
        ["fast certain", 3],
      ]);
      expect(judged[1]!.original).to.equal("4");
    });

    it("is not told from a timeout by a lone duplicate ACK that the sender did not answer at once", () => {
      const waiting = (roundTrip: string, time: string) => `
        0     -> S  0:0(0) <mss 1460>
        +${roundTrip} <- S. 0:0(0) ack 1 <mss 1460>
        +.001 -> .  1:1(0) ack 1
        +0    -> .  1:101(100) ack 1
        +0    -> P. 101:201(100) ack 1
        +${roundTrip} <- . 1:1(0) ack 1
        +${time} -> . 1:101(100) ack 1 @again
      `;
      expect(causesOf(waiting(".04", ".002"))).to.deep.equal(["again: fast strong"]);
      expect(causesOf(waiting(".3", ".2"))).to.deep.equal(["again: timeout weak"]);
      // The timer of so short a round trip has expired.
      expect(causesOf(waiting(".04", ".2"))).to.deep.equal(["again: timeout strong"]);
    });

    it("is weak beyond the last SACK, where nobody misses anything", () => {
      expect(
        causesOf(`${OPEN}${FLIGHT}
        +.04 <- .  1:1(0) ack 1 <sack 101:301>
        +0   -> .  1:101(100) ack 1 @hole
        +0   -> .  301:401(100) ack 1 @beyond
      `),
      ).to.deep.equal(["hole: fast strong", "beyond: fast weak"]);
    });

    it("is not the cause of what the SACK reports as received", () => {
      expect(
        causesOf(`${OPEN}${FLIGHT}
        +.04 <- .  1:1(0) ack 1 <sack 401:501>
        +0   -> P. 401:501(100) ack 1 @received
      `),
      ).to.deep.equal(["received: unknown"]);
    });

    it("is not hinted at by zeros, nor by the ACK of a SYN-ACK that came again", () => {
      expect(
        causesOf(`
        0     -> S  0:0(0)
        +.003 <- S. 0:0(0) ack 0
        +.003 -> .  0:0(0) ack 0
        +.003 <- P. 0:21(21) ack 0 @zero
      `),
      ).to.deep.equal(["zero: unknown"]);
      expect(
        causesOf(`${OPEN}
        +1    <- S. 0:0(0) ack 1 @synack
        +0    -> .  1:1(0) ack 1
        +.01  <- P. 1:101(100) ack 1
        +.02  <- P. 1:101(100) ack 1 @data
      `),
      ).to.deep.equal(["synack: syn-ack-timer certain", "data: unknown"]);
    });

    it("is not what a timer sent before the hint reached the sender: TSecr tells, near the receiver", () => {
      // The hint (TSval 900) passes the capture at the receiver 1 ms before a retransmission that echoes TSval 800.
      expect(
        causesOf(`
        0     -> S  0:0(0) <mss 1460,sackOK,TS val 100 ecr 0>
        +.001 <- S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 800 ecr 100>
        +.2   -> .  1:1(0) ack 1 <TS val 300 ecr 800>
        +.001 -> .  1:101(100) ack 1 <TS val 301 ecr 800>
        +.001 -> .  101:201(100) ack 1 <TS val 301 ecr 800>
        +.449 <- .  1:1(0) ack 1 <TS val 900 ecr 301,sack 101:201>
        +.001 -> .  1:101(100) ack 1 <TS val 760 ecr 800> @again
      `),
      ).to.deep.equal(["again: timeout strong"]);
    });
  });

  describe("timeout", () => {
    it("is certain for the oldest octet after silence, each time twice as long (RFC 6298, section 5.5)", () => {
      expect(
        causesOf(`${OPEN_WITHOUT_SACK}${FLIGHT}
        +.3  -> . 1:101(100) ack 1 @first
        +.6  -> . 1:101(100) ack 1 @second
        +1.2 -> . 1:101(100) ack 1 @third
      `),
      ).to.deep.equal(["first: timeout certain", "second: timeout certain", "third: timeout certain"]);
    });

    it("is that of all that follows in slow start until what was in flight is acknowledged", () => {
      expect(
        causesOf(`${OPEN}${FLIGHT}
        +.3  -> . 1:101(100) ack 1 @first
        +.04 <- . 1:1(0) ack 101
        +0   -> . 101:201(100) ack 1 @second
        +0   -> . 201:301(100) ack 1 @third
        +.04 <- . 1:1(0) ack 301
        +0   -> . 301:401(100) ack 1 @fourth
        +0   -> . 401:501(100) ack 1 @fifth
        +.04 <- . 1:1(0) ack 501
        +0   -> . 501:601(100) ack 1
      `),
      ).to.deep.equal([
        "first: timeout certain",
        "second: timeout strong",
        "third: timeout strong",
        "fourth: timeout strong",
        "fifth: timeout strong",
      ]);
    });

    it("is as weakly that of what follows as it was of the first", () => {
      expect(
        causesOf(`${OPEN_WITHOUT_SACK}${FLIGHT}
        +.12 -> .  1:101(100) ack 1 @first
        +.04 <- .  1:1(0) ack 101
        +0   -> .  101:201(100) ack 1 @next
      `),
      ).to.deep.equal(["first: timeout weak", "next: timeout weak"]);
    });

    it("is not the cause of what was sent again a moment ago", () => {
      expect(
        causesOf(`${OPEN}${FLIGHT}
        +.3   -> .  1:101(100) ack 1 @first
        +.003 -> .  1:101(100) ack 1 @twice
      `),
      ).to.deep.equal(["first: timeout certain", "twice: unknown"]);
    });

    it("is known after silence though the handshake's ACK was not captured", () => {
      expect(
        causesOf(`
        0     -> S  0:0(0) <mss 1460,sackOK>
        +.025 <- S. 0:0(0) ack 1 <mss 1460,sackOK>
        +2.5  -> P. 101:201(100) ack 1
        +.025 <- .  1:1(0) ack 1 <sack 101:201>
        +2.1  -> .  1:101(100) ack 1 @again
      `),
      ).to.deep.equal(["again: timeout strong"]);
    });

    it("is that of an old sender for which two duplicate ACKs were not enough", () => {
      expect(
        causesOf(`${OPEN_WITHOUT_SACK}${FLIGHT}
        +.04 <- . 1:1(0) ack 1
        +0   <- . 1:1(0) ack 1
        +.4  -> . 1:101(100) ack 1 @again
      `),
      ).to.deep.equal(["again: timeout strong"]);
    });

    it("is the cause of a lonely octet sent again before it was acknowledged, which tshark calls a keep-alive", () => {
      expect(
        causesOf(`${OPEN_WITHOUT_SACK}
        +0  -> P. 1:2(1) ack 1
        +.3 -> P. 1:2(1) ack 1 @again
        +.6 -> P. 1:2(1) ack 1 @later
        +1.2 -> P. 1:2(1) ack 1 @last
      `),
      ).to.deep.equal(["again: timeout certain", "later: timeout certain", "last: timeout certain"]);
    });

    it("is weak when only this direction was captured", () => {
      expect(
        causesOf(`
        0    -> . 1:101(100) ack 1
        +.3  -> . 1:101(100) ack 1 @slow
        +.01 -> . 1:101(100) ack 1 @soon
      `),
      ).to.deep.equal(["slow: timeout weak", "soon: unknown"]);
    });

    it("is that of a FIN, too", () => {
      expect(
        causesOf(`${OPEN_WITHOUT_SACK}
        +0  -> F. 1:1(0) ack 1
        +.3 -> F. 1:1(0) ack 1 @again
      `),
      ).to.deep.equal(["again: timeout certain"]);
    });
  });

  describe("tail-loss probe (RFC 8985, section 7)", () => {
    it("is certain for the newest segment while older ones wait", () => {
      expect(
        causesOf(`${OPEN}${FLIGHT}
        +.085 -> P. 401:501(100) ack 1 @again
      `),
      ).to.deep.equal(["again: tail-loss-probe certain"]);
    });

    it("is weak for a segment alone in flight, which the timeout repeats as well", () => {
      expect(
        causesOf(`${OPEN}
        +0   -> P. 1:101(100) ack 1
        +.25 -> P. 1:101(100) ack 1 @again
      `),
      ).to.deep.equal(["again: tail-loss-probe weak"]);
    });

    it("becomes certain when the next wait is as long, since a probe does not back off", () => {
      expect(
        causesOf(`${OPEN}
        +0   -> P. 1:101(100) ack 1
        +.25 -> P. 1:101(100) ack 1 @first
        +.25 -> P. 1:101(100) ack 1 @second
        +.5  -> P. 1:101(100) ack 1 @third
      `),
      ).to.deep.equal([
        "first: tail-loss-probe certain",
        "second: timeout certain",
        "third: timeout certain",
      ]);
    });

    it("turns out a timeout when the next wait is twice as long", () => {
      expect(
        causesOf(`${OPEN}
        +0   -> P. 1:101(100) ack 1
        +.25 -> P. 1:101(100) ack 1 @first
        +.5  -> P. 1:101(100) ack 1 @second
      `),
      ).to.deep.equal(["first: timeout certain", "second: timeout certain"]);
    });

    it("is never sent before its timer of two round trips can have expired: cut anew, an acknowledgment re-armed it", () => {
      expect(
        causesOf(`${OPEN}${FLIGHT}
        +.02 -> P. 401:501(100) ack 1 @soon
      `),
      ).to.deep.equal(["soon: unknown"]);
      expect(
        causesOf(`${OPEN}${FLIGHT}
        +.4  <- .  1:1(0) ack 201
        +0   -> P. 401:501(100) ack 1 @after
      `),
      ).to.deep.equal(["after: unknown"]);
    });

    it("is one when the next wait is longer than a timer that backed off waits", () => {
      const waits = (second: string) => `${OPEN}
        +0   -> P. 1:101(100) ack 1
        +.25 -> P. 1:101(100) ack 1 @first
        +${second} -> P. 1:101(100) ack 1 @second
      `;
      expect(causesOf(waits(".6"))[0]).to.equal("first: timeout certain");
      expect(causesOf(waits(".7"))[0]).to.equal("first: tail-loss-probe certain");
    });

    it("is not made a timeout by twice its wait when that was shorter than any timer, or older octets waited", () => {
      expect(
        causesOf(`${OPEN}
        +0   -> P. 1:101(100) ack 1
        +.13 -> P. 1:101(100) ack 1 @first
        +.26 -> P. 1:101(100) ack 1 @second
      `)[0],
      ).to.equal("first: tail-loss-probe weak");
      expect(
        causesOf(`${OPEN}${FLIGHT}
        +.2  -> P. 401:501(100) ack 1 @first
        +.01 <- .  1:1(0) ack 401
        +.4  -> P. 401:501(100) ack 1 @second
      `)[0],
      ).to.equal("first: tail-loss-probe certain");
    });

    it("may wait longer than the capture would think: a timeout is but strong where one may have been sent", () => {
      const alone = (open: string) => `${open}
        +0  -> P. 1:101(100) ack 1
        +2  -> P. 1:101(100) ack 1 @again
      `;
      expect(causesOf(alone(OPEN))).to.deep.equal(["again: timeout strong"]);
      expect(causesOf(alone(OPEN_WITHOUT_SACK))).to.deep.equal(["again: timeout certain"]);
    });

    it("is sent but once: what follows without an acknowledgment is the retransmission timer's", () => {
      expect(
        causesOf(`${OPEN}
        +.001 -> P. 1:101(100) ack 1
        +0    -> F. 101:101(0) ack 1
        +.1   -> F. 101:101(0) ack 1 @probe
        +.25  -> FP. 1:101(100) ack 1 @timeout
      `),
      ).to.deep.equal(["probe: tail-loss-probe certain", "timeout: timeout certain"]);
    });

    it("is not sent without SACK", () => {
      expect(
        causesOf(`${OPEN_WITHOUT_SACK}
        +0   -> P. 1:101(100) ack 1
        +.25 -> P. 1:101(100) ack 1 @again
      `),
      ).to.deep.equal(["again: timeout certain"]);
    });
  });

  describe("handshake", () => {
    it("SYNs and SYN-ACKs are repeated by their timers", () => {
      expect(
        causesOf(`
        0   -> S  0:0(0)
        +1  -> S  0:0(0) @syn
        +0  <- S. 0:0(0) ack 1
        +1  <- S. 0:0(0) ack 1 @synack
        +0  -> .  1:1(0) ack 1
      `),
      ).to.deep.equal(["syn: syn-timer certain", "synack: syn-ack-timer certain"]);
    });

    it("a SYN-ACK that answers a repeated SYN is no timer's", () => {
      expect(
        causesOf(`
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +1    -> S  0:0(0) @syn
        +.001 <- S. 0:0(0) ack 1 @synack
      `),
      ).to.deep.equal(["syn: syn-timer certain", "synack: repeated-syn strong"]);
    });

    it("a SYN-ACK without an identification, equal to the one that the timer has just sent, answers the SYN before it", () => {
      const synAck = "<- S. 0:0(0) ack 1 <TS val 500 ecr 100> {id 0}";
      expect(
        causesOf(`
        0      -> S  0:0(0) <TS val 100 ecr 0>
        +.001  <- S. 0:0(0) ack 1 <TS val 400 ecr 100> {id 0}
        +1     ${synAck} @timer
        +.0001 -> S  0:0(0) <TS val 100 ecr 0> {id 9} @syn
        +.0001 ${synAck} @answer
        +.0030 ${synAck} @third
      `),
      ).to.deep.equal([
        "timer: syn-ack-timer certain",
        "syn: syn-timer certain",
        "answer: repeated-syn strong",
        "third: network-duplicate weak",
      ]);
    });

    it("a SYN-ACK with the identification of the one before is its duplicate, also behind another SYN", () => {
      const synAck = "<- S. 0:0(0) ack 1 <TS val 400 ecr 100> {id 7}";
      expect(
        causesOf(`
        0      -> S  0:0(0) <TS val 100 ecr 0>
        +.001  ${synAck}
        +1     -> S  0:0(0) <TS val 1100 ecr 0> @syn
        +.0100 ${synAck} @late
      `),
      ).to.deep.equal(["syn: syn-timer certain", "late: network-duplicate certain"]);
    });

    it("a second SYN-ACK answers the second of two SYNs that were on their way together", () => {
      expect(
        causesOf(`
        0     -> S  0:0(0)
        +1    -> S  0:0(0) @syn
        +.1   <- S. 0:0(0) ack 1
        +.001 <- S. 0:0(0) ack 1 @synack
      `),
      ).to.deep.equal(["syn: syn-timer certain", "synack: repeated-syn weak"]);
    });

    it("no timer sends a SYN or SYN-ACK again within 180 ms", () => {
      expect(
        causesOf(`
        0    -> S  0:0(0)
        +.05 -> S  0:0(0) @syn
        +.01 <- S. 0:0(0) ack 1
        +.01 <- S. 0:0(0) ack 1 @second
        +.01 <- S. 0:0(0) ack 1 @third
      `),
      ).to.deep.equal(["syn: unknown", "second: repeated-syn weak", "third: unknown"]);
    });

    it("a SYN after the refusal of the one before, as Windows sends it, is no timer's", () => {
      expect(
        causesOf(`
        0     -> S  0:0(0)
        +.001 <- R. 0:0(0) ack 1
        +.5   -> S  0:0(0) @again
      `),
      ).to.deep.equal(["again: unknown"]);
    });

    it("a SYN amid the connection begins it anew: what follows repeats nothing that was lost", () => {
      expect(
        causesOf(`${OPEN}
        +.001 -> P. 1:61(60) ack 1 {id 1}
        +.006 <- P. 1:78(77) ack 61 {id 1}
        +1.2  -> S  0:0(0) @syn
        +.001 <- S. 0:0(0) ack 1 @synack
        +.001 -> .  1:1(0) ack 1
        +.001 -> P. 1:65(64) ack 1 @request
        +.003 <- P. 1:53(52) ack 65 @response
      `),
      ).to.deep.equal(["syn: unknown", "synack: unknown", "request: unknown", "response: unknown"]);
    });

    it("the SYN-ACK of a simultaneous open repeats nothing", () => {
      expect(
        causesOf(`
        0     -> S  0:0(0)
        +.001 <- S  0:0(0)
        +.001 -> S. 0:0(0) ack 1
        +.001 <- S. 0:0(0) ack 1
      `),
      ).to.deep.equal([]);
    });
  });

  describe("probes", () => {
    it("keepalives ask an idle peer, with an octet or none", () => {
      expect(
        causesOf(`${OPEN}
        +0   -> P. 1:101(100) ack 1
        +.04 <- .  1:1(0) ack 101
        +60  -> .  100:100(0) ack 1 @none
        +.04 <- .  1:1(0) ack 101
        +60  -> .  100:101(1) ack 1 @one
        +.04 <- .  1:1(0) ack 101
        +60  -> .  100:101(1) ack 1 @more
      `),
      ).to.deep.equal(["none: keepalive certain", "one: keepalive certain", "more: keepalive certain"]);
    });

    it("keepalives of both sides at once are known, though neither finds the other silent", () => {
      expect(
        causesOf(`${OPEN}
        +0   -> P. 1:101(100) ack 1
        +.04 <- P. 1:101(100) ack 101
        +0   -> .  101:101(0) ack 101
        +30  <- .  100:100(0) ack 101 @server
        +0   -> .  101:101(0) ack 101
        +.05 -> .  100:101(1) ack 101 @client
        +0   <- .  101:101(0) ack 101
        +30  <- .  100:100(0) ack 101 @again
        +.01 -> .  100:101(1) ack 101 @both
      `),
      ).to.deep.equal([
        "server: keepalive certain",
        "client: keepalive certain",
        "again: keepalive certain",
        "both: keepalive certain",
      ]);
    });

    it("keepalives of a half that is closed stand where its FIN stood", () => {
      expect(
        causesOf(`${OPEN}
        +0   -> P. 1:101(100) ack 1
        +0   -> F. 101:101(0) ack 1
        +.04 <- .  1:1(0) ack 102
        +45  -> .  101:102(1) ack 1 @one
        +.04 <- .  1:1(0) ack 102
        +45  -> .  101:101(0) ack 1 @none
        +.04 <- .  1:1(0) ack 102
      `),
      ).to.deep.equal(["one: keepalive certain", "none: keepalive certain"]);
    });

    it("ACKs of a closed half that stand where its FIN stood ask nothing", () => {
      expect(
        causesOf(`${OPEN}
        +0   -> F. 1:1(0) ack 1
        +.04 <- .  1:1(0) ack 2
        +9   <- P. 1:101(100) ack 2
        +0   -> .  1:1(0) ack 101
        +9   <- .  100:100(0) ack 2 @server
        +0   -> .  1:1(0) ack 101
        +9   <- F. 101:101(0) ack 2
        +2   -> .  1:1(0) ack 102
      `),
      ).to.deep.equal(["server: keepalive certain"]);
    });

    it("keepalives are known by what the peer acknowledged before the capture began", () => {
      expect(
        causesOf(`
        0    <- . 1:1(0) ack 1
        +0   -> . 1:1(0) ack 2
        +30  <- . 1:1(0) ack 1 @keepalive
        +0   -> . 1:1(0) ack 2
      `),
      ).to.deep.equal(["keepalive: keepalive certain"]);
    });

    it("the last octet is sent again, and asks nobody, right behind what the peer sent anew", () => {
      expect(
        causesOf(`${OPEN}
        +0   -> P. 1:2(1) ack 1
        +.04 <- P. 1:101(100) ack 2
        +0   -> .  2:2(0) ack 101
        +30  <- .  100:100(0) ack 2 @server
        +0   -> .  2:2(0) ack 101
        +.05 <- P. 101:201(100) ack 2
        +.01 -> P. 1:2(1) ack 101 @again
      `),
      ).to.deep.equal(["server: keepalive certain", "again: timeout strong"]);
    });

    it("keepalives are known in a capture that begins with the acknowledgment of what they repeat", () => {
      expect(
        causesOf(`
        0    -> . 1:1(0) ack 1
        +30  <- . 0:1(1) ack 1 @keepalive
        +.01 -> . 1:1(0) ack 1
      `),
      ).to.deep.equal(["keepalive: keepalive certain"]);
    });

    it("window probes ask a closed window, which tshark calls keep-alives", () => {
      expect(
        causesOf(`${OPEN}
        +0   -> P. 1:101(100) ack 1
        +.04 <- .  1:1(0) ack 101 win 0
        +.3  -> .  100:100(0) ack 1 @linux
        +.04 <- .  1:1(0) ack 101 win 0
      `),
      ).to.deep.equal(["linux: window-probe certain"]);
    });

    it("window probes of other systems send a new octet, again and again, then with more", () => {
      expect(
        causesOf(`${OPEN}
        +0   -> P. 1:101(100) ack 1
        +.04 <- .  1:1(0) ack 101 win 0
        +1   -> .  101:102(1) ack 1
        +.04 <- .  1:1(0) ack 101 win 0
        +2   -> .  101:102(1) ack 1 @again
        +.04 <- .  1:1(0) ack 101 win 0
        +1   <- .  1:1(0) ack 101 win 512
        +0   -> .  101:201(100) ack 1 @more
      `),
      ).to.deep.equal(["again: window-probe certain", "more: window-probe strong"]);
    });

    it("an acknowledgment overtaken by one octet of data is none", () => {
      expect(
        causesOf(`${OPEN}
        +0    -> P. 1:2(1) ack 1
        +.001 -> .  1:1(0) ack 1
      `),
      ).to.deep.equal([]);
    });
  });

  it("is unknown where nothing tells", () => {
    expect(
      causesOf(`${OPEN}${FLIGHT}
      +.001 -> . 101:201(100) ack 1 @again
    `),
    ).to.deep.equal(["again: unknown"]);
  });

  it("is the same over IPv6 and with any ISN", () => {
    const script = `${OPEN}${FLIGHT}
      +.04 <- . 1:1(0) ack 1 <sack 101:201>
      +0   <- . 1:1(0) ack 1 <sack 101:301>
      +0   <- . 1:1(0) ack 1 <sack 101:401>
      +.01 -> . 1:101(100) ack 1 @again
    `;
    for (const clientIsn of [0, 0x7fff_fff0, 0xffff_ffff]) {
      expect(causesOf(script, { ipVersion: 6, clientIsn })).to.deep.equal(["again: fast certain"]);
    }
  });
});
