import { expect } from "chai";
import { causesOf } from "./judge-script.js";

/** A client with a round trip of 40 ms, seen at the client. */
const OPEN = `
  0     -> S  0:0(0) <mss 1460,sackOK>
  +.04  <- S. 0:0(0) ack 1 <mss 1460,sackOK>
  +.001 -> .  1:1(0) ack 1
`;
const OPEN_WITHOUT_SACK = OPEN.replaceAll(",sackOK", "");
/** Three segments of 100 octets from the first octet on. */
const FLIGHT = `
  +0    -> .  1:101(100) ack 1
  +0    -> .  101:201(100) ack 1
  +0    -> .  201:301(100) ack 1
`;
/** The third duplicate ACK and the fast retransmission that it causes. */
const FAST_RETRANSMISSION = `
  +.04 <- . 1:1(0) ack 1
  +0   <- . 1:1(0) ack 1
  +0   <- . 1:1(0) ack 1
  +0   -> . 1:101(100) ack 1 @fast
`;

/**
 * What Linux 6.18 did in each of these cases was seen by its tracepoint tcp_retransmit_skb and the congestion state:
 * `npm run test:causes`.
 */
describe("the recovery that a repeated segment belongs to", () => {
  describe("a sender without SACK", () => {
    it("repeats the oldest octet once for duplicate ACKs: after a timer's time it is the timer, though they go on", () => {
      const lastDuplicate = (time: string) => `${OPEN_WITHOUT_SACK}${FLIGHT}${FAST_RETRANSMISSION}
        +.2  <- . 1:1(0) ack 1
        +${time} -> . 1:101(100) ack 1 @again
      `;
      expect(causesOf(lastDuplicate(".1"))).to.deep.equal(["fast: fast certain", "again: timeout strong"]);
      expect(causesOf(lastDuplicate(".001"))).to.deep.equal(["fast: fast certain", "again: timeout strong"]);
    });

    it("answers the third duplicate ACK at once, or not at all: then it is the timer", () => {
      const afterThree = (time: string) => `${OPEN_WITHOUT_SACK}${FLIGHT}
        +.04 <- . 1:1(0) ack 1
        +.06 <- . 1:1(0) ack 1
        +.06 <- . 1:1(0) ack 1
        +${time} -> . 1:101(100) ack 1 @again
      `;
      expect(causesOf(afterThree(".003"))).to.deep.equal(["again: fast certain"]);
      expect(causesOf(afterThree(".1"))).to.deep.equal(["again: timeout strong"]);
      expect(causesOf(afterThree(".1").replaceAll("<mss 1460>", "<mss 1460,sackOK>"))).to.deep.equal([
        "again: fast certain",
      ]);
    });

    it("is in slow start until something new is acknowledged (RFC 6582, section 4)", () => {
      expect(
        causesOf(`${OPEN_WITHOUT_SACK}${FLIGHT}
        +.3  -> . 1:101(100) ack 1 @timeout
        +0   -> . 301:401(100) ack 1
        +0   -> . 401:501(100) ack 1
        +.04 <- . 1:1(0) ack 301
        +0   -> . 301:401(100) ack 1 @same
        +.04 <- . 1:1(0) ack 401
        +0   -> . 401:501(100) ack 1 @over
      `),
      ).to.deep.equal(["timeout: timeout certain", "same: timeout weak", "over: unknown"]);
    });
  });

  it("with SACK the oldest octet may be repeated again and again for what is reported meanwhile", () => {
    expect(
      causesOf(`${OPEN}${FLIGHT}
      +.04 <- . 1:1(0) ack 1 <sack 101:201>
      +0   -> . 1:101(100) ack 1 @first
      +0   -> . 301:401(100) ack 1
      +.25 <- . 1:1(0) ack 1 <sack 101:401>
      +0   -> . 1:101(100) ack 1 @second
    `),
    ).to.deep.equal(["first: fast strong", "second: fast strong"]);
  });

  it("begins anew when the timer expires in it: what was sent since is lost as well", () => {
    const second = (time: string) =>
      causesOf(`${OPEN}${FLIGHT}
      +.3  -> . 1:101(100) ack 1 @first
      +.04 <- . 1:1(0) ack 101
      +0   -> . 301:401(100) ack 1
      +0   -> . 401:501(100) ack 1
      +.04 <- . 1:1(0) ack 101 <sack 201:301>
      +${time} -> . 101:201(100) ack 1 @second
      +.04 <- . 1:1(0) ack 301
      +0   -> . 301:401(100) ack 1 @third
    `);
    expect(second(".5")).to.deep.equal([
      "first: timeout certain",
      "second: timeout strong",
      "third: timeout strong",
    ]);
    expect(second(".01")).to.deep.equal([
      "first: timeout certain",
      "second: timeout strong",
      "third: unknown",
    ]);
  });

  it("of fast retransmission may hold what was sent after it began, weakly: the sender judges by time (RFC 8985)", () => {
    expect(
      causesOf(`${OPEN}${FLIGHT}
      +.04 <- . 1:1(0) ack 1 <sack 101:201>
      +0   -> . 1:101(100) ack 1 @hole
      +0   -> . 301:401(100) ack 1
      +.02 <- . 1:1(0) ack 1 <sack 101:301>
      +0   -> . 301:401(100) ack 1 @newer
    `),
    ).to.deep.equal(["hole: fast strong", "newer: fast weak"]);
  });

  it("of fast retransmission goes on while octets beyond the acknowledgment are reported", () => {
    const over = (report: string) => `${OPEN}${FLIGHT}
      +0   -> . 301:401(100) ack 1
      +0   -> . 401:501(100) ack 1
      +.04 <- . 1:1(0) ack 1 <sack 101:201>
      +0   -> . 1:101(100) ack 1 @hole
      +0   -> . 501:601(100) ack 1
      +0   -> . 601:701(100) ack 1
      +0   -> . 701:801(100) ack 1
      +.04 <- . 1:1(0) ack 501${report}
      +0   -> . 701:801(100) ack 1 @newer
    `;
    expect(causesOf(over(" <sack 601:701>"))).to.deep.equal(["hole: fast strong", "newer: fast weak"]);
    expect(causesOf(over(""))).to.deep.equal(["hole: fast strong", "newer: unknown"]);
  });

  it("is not certain near the receiver, where slow start fills gaps like fast retransmission", () => {
    expect(
      causesOf(`${OPEN}
      +0    -> . 1:101(100) ack 1
      +0    -> . 201:301(100) ack 1
      +0    <- . 1:1(0) ack 101 <sack 201:301>
      +.001 -> . 301:401(100) ack 1
      +0    <- . 1:1(0) ack 101 <sack 201:401>
      +.001 -> . 401:501(100) ack 1
      +0    <- . 1:1(0) ack 101 <sack 201:501>
      +.1   -> . 101:201(100) ack 1 @again
    `),
    ).to.deep.equal(["again: fast strong"]);
  });

  it("began by a timeout when a sender who had paused fills a gap before it can have heard of it", () => {
    // Seen near the receiver, which lacks all of the first flight but its begin: what comes after the pause is the head.
    const seenAfter = (pause: string, echo: number, gap = "201:301(100) ack 1") => `
      0      -> S  0:0(0) <mss 1460,sackOK,TS val 100 ecr 0>
      +.001  <- S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 800 ecr 100>
      +.1    -> .  1:1(0) ack 1 <TS val 200 ecr 801>
      +.001  -> .  1:101(100) ack 1 <TS val 200 ecr 801>
      +.001  <- .  1:1(0) ack 101 <TS val 903 ecr 200>
      +${pause} -> .  101:201(100) ack 1 <TS val 560 ecr 903>
      +.001  <- .  1:1(0) ack 201 <TS val 1304 ecr 560>
      +.1    -> .  601:701(100) ack 1 <TS val 660 ecr 1304>
      +.001  <- .  1:1(0) ack 201 <TS val 1405 ecr 560,sack 601:701>
      +0     -> .  801:901(100) ack 1 <TS val 660 ecr 1304>
      +.001  -> .  ${gap} <TS val 661 ecr ${echo}> @gap
      +.001  <- .  1:1(0) ack 301 <TS val 1407 ecr 661,sack 601:701>
      +.1    -> .  301:401(100) ack 1 <TS val 761 ecr 1407> @next
    `;
    expect(causesOf(seenAfter(".4", 1304))).to.deep.equal(["gap: timeout strong", "next: timeout strong"]);
    expect(causesOf(seenAfter(".1", 1304))[0]).to.equal("gap: unknown");
    expect(causesOf(seenAfter(".4", 1405))[0]).to.equal("gap: fast strong");
    // Nobody reported this gap, and the sender had heard all there was to hear.
    expect(causesOf(seenAfter(".4", 1405, "701:801(100) ack 1"))[0]).to.equal("gap: unknown");
  });

  it("was fast retransmission, weakly, where all had arrived and the hint was settled meanwhile", () => {
    const needless = (hint: string, time: string) =>
      causesOf(`${OPEN}
      +0    -> . 1:101(100) ack 1 {id 1}
      +0    -> . 201:301(100) ack 1 {id 3}
      ${hint}
      +.001 -> . 101:201(100) ack 1 {id 2} @late
      +0    <- . 1:1(0) ack 301
      +${time} -> . 101:201(100) ack 1 {id 4} @needless
    `);
    const hint = "+0 <- . 1:1(0) ack 101 <sack 201:301>";
    expect(needless(hint, ".05")).to.deep.equal(["late: reordering strong", "needless: fast weak"]);
    expect(needless(hint, ".15")).to.deep.equal(["late: reordering strong", "needless: timeout weak"]);
    expect(needless("", ".03")).to.deep.equal(["late: reordering strong", "needless: unknown"]);
  });
});
