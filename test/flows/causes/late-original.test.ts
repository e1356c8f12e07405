import { expect } from "chai";
import { causesOf, columnOf, judgeScript } from "./judge-script.js";

/** A client with a round trip of 40 ms. */
const OPEN = `
  0     -> S  0:0(0) <mss 1460,sackOK>
  +.04  <- S. 0:0(0) ack 1 <mss 1460,sackOK>
  +.001 -> .  1:1(0) ack 1
`;

describe("a segment that fills a gap of the capture", () => {
  describe("by the sender's clock", () => {
    const gap = `
      0     -> S  0:0(0) <mss 1460,sackOK,TS val 100 ecr 0>
      +.04  <- S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 800 ecr 100>
      +.001 -> .  1:101(100) ack 1 <TS val 141 ecr 800>
      +.002 -> .  201:301(100) ack 1 <TS val 143 ecr 800>
      +.04  <- .  1:1(0) ack 101 <TS val 840 ecr 141,sack 201:301>
    `;

    it("was overtaken when it is older than what overtook it, however late and after whatever SACK", () => {
      expect(
        causesOf(`${gap}
        +.3 -> . 101:201(100) ack 1 <TS val 142 ecr 800> @late
      `),
      ).to.deep.equal(["late: reordering certain"]);
    });

    it("was sent again when it is younger, however soon", () => {
      expect(
        causesOf(`${gap}
        +.0001 -> . 101:201(100) ack 1 <TS val 184 ecr 840> @again
      `),
      ).to.deep.equal(["again: fast strong"]);
    });
  });

  describe("within one tick of that clock, or without it, by IP identifications", () => {
    for (const options of ["", " <TS val 143 ecr 800>"]) {
      const gap = `${OPEN}
        +.001 -> . 1:101(100) ack 1${options} {id 65534}
        +.001 -> . 201:301(100) ack 1${options} {id 2}
        +.001 -> . 301:401(100) ack 1${options} {id 3}
      `;

      it(`was overtaken when its number is lower${options}`, () => {
        expect(
          causesOf(`${gap}
          +.001 -> . 101:201(100) ack 1${options} {id 65535} @late
        `),
        ).to.deep.equal(["late: reordering strong"]);
      });
    }

    it("was sent again when its number is higher", () => {
      expect(
        causesOf(`${OPEN}
        +.001 -> . 1:101(100) ack 1 {id 7}
        +.001 -> . 201:301(100) ack 1 {id 9}
        +.001 -> . 301:401(100) ack 1 {id 10}
        +.04  <- . 1:1(0) ack 101 <sack 201:401>
        +.001 -> . 101:201(100) ack 1 {id 11} @again
      `),
      ).to.deep.equal(["again: fast strong"]);
    });
  });

  describe("without both, by the time a round trip takes", () => {
    it("was overtaken when none can have passed and no loss was reported", () => {
      expect(
        causesOf(
          `${OPEN}
        +.001 -> . 1:101(100) ack 1
        +.001 -> . 201:301(100) ack 1
        +.01  -> . 101:201(100) ack 1 @late
      `,
          { ipVersion: 6 },
        ),
      ).to.deep.equal(["late: reordering strong"]);
    });

    it("is weak where the round trip is unknown", () => {
      expect(
        causesOf(
          `
        0     -> . 1:101(100) ack 1
        +.001 -> . 201:301(100) ack 1
        +.001 -> . 101:201(100) ack 1 @late
      `,
          { ipVersion: 6 },
        ),
      ).to.deep.equal(["late: reordering weak"]);
    });

    it("was overtaken when the report of the loss cannot have reached the sender yet, near the receiver", () => {
      const gap = (open: string, time: string) => `${open}
        +0    -> P. 1:101(100) ack 1
        +.04  <- .  101:201(100) ack 101
        +0    -> .  101:101(0) ack 1 <sack 101:201>
        +${time} <- .  1:101(100) ack 101 @gap
      `;
      const causeAfter = (open: string, time: string) => causesOf(gap(open, time), { ipVersion: 6 }).at(-1);
      expect(causeAfter(OPEN, ".019")).to.equal("gap: reordering strong");
      expect(causeAfter(OPEN, ".021")).to.equal("gap: fast strong");
      // Which of its SYNs the server answered is unknown: so is how far away it is.
      const openTwice = `
        0     -> S  0:0(0) <mss 1460,sackOK>
        +1    -> S  0:0(0) <mss 1460,sackOK>
        +.04  <- S. 0:0(0) ack 1 <mss 1460,sackOK>
        +.001 -> .  1:1(0) ack 1
      `;
      expect(causeAfter(openTwice, ".019")).to.equal("gap: fast strong");
    });

    it("was sent again soon when a recovery goes on: what was heard of other gaps told the sender of this one", () => {
      expect(
        causesOf(
          `${OPEN}
        +0    -> P. 1:101(100) ack 1
        +.04  <- .  101:201(100) ack 101
        +0    <- .  301:401(100) ack 101
        +0    -> .  101:101(0) ack 1 <sack 101:201>
        +.04  <- .  1:101(100) ack 101 @first
        +0    -> .  101:101(0) ack 201 <sack 301:401>
        +.01  <- .  501:601(100) ack 101
        +0    -> .  101:101(0) ack 201 <sack 501:601 301:401>
        +.001 <- .  401:501(100) ack 101 @second
      `,
          { ipVersion: 6 },
        ),
      ).to.deep.equal(["first: fast strong", "second: fast strong"]);
    });

    it("was sent again when a loss was reported", () => {
      expect(
        causesOf(
          `${OPEN}
        +.001 -> . 1:101(100) ack 1
        +.001 -> . 201:301(100) ack 1
        +.001 <- . 1:1(0) ack 101 <sack 201:301>
        +.001 -> . 101:201(100) ack 1 @again
      `,
          { ipVersion: 6 },
        ),
      ).to.deep.equal(["again: fast strong"]);
    });
  });
});

describe("a segment that was captured before", () => {
  it("is the late original when what came first was its retransmission, which thereby was needless", () => {
    const judged = judgeScript(`
      0     -> S  0:0(0) <mss 1460,sackOK,TS val 100 ecr 0>
      +.04  <- S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 800 ecr 100>
      +.001 -> .  1:101(100) ack 1 <TS val 141 ecr 800>
      +0    -> .  201:301(100) ack 1 <TS val 141 ecr 800>
      +0    <- .  1:1(0) ack 101 <TS val 801 ecr 141,sack 201:301>
      +.02  -> .  101:201(100) ack 1 <TS val 161 ecr 801> @again
      +0    <- .  1:1(0) ack 301 <TS val 821 ecr 161>
      +.003 -> .  101:201(100) ack 1 <TS val 141 ecr 800> @late
      +0    <- .  1:1(0) ack 301 <TS val 824 ecr 161,sack 101:201> @dsack
    `);
    expect(judged.map(({ label, cause, proofLabel }) => [label, cause, proofLabel])).to.deep.equal([
      ["again", "fast strong", "dsack"],
      ["late", "reordering certain", null],
    ]);
  });

  it("is no late original because identifications drawn at random happen to be lower", () => {
    expect(
      causesOf(`${OPEN}
      +.001 -> . 1:101(100) ack 1 {id 40000}
      +.001 -> . 101:201(100) ack 1 {id 7000}
      +.3   -> . 1:101(100) ack 1 {id 6900} @again
    `),
    ).to.deep.equal(["again: timeout certain"]);
  });

  it("was doubled on the way when it has the same IP identification, later than a capture doubles", () => {
    expect(
      causesOf(`${OPEN}
      +.001 -> . 1:101(100) ack 1 {id 7}
      +.003 -> . 1:101(100) ack 1 {id 7} @twice
    `),
    ).to.deep.equal(["twice: network-duplicate strong"]);
  });

  it("was sent anew when it acknowledges more, as a FIN that answers a FIN", () => {
    expect(
      causesOf(
        `${OPEN}
      +.001 -> F. 1:1(0) ack 1 <TS val 143 ecr 800>
      +.012 <- F. 1:1(0) ack 1 <TS val 812 ecr 143>
      +.001 -> F. 1:1(0) ack 2 <TS val 143 ecr 812> @again
    `,
        { ipVersion: 6 },
      ),
    ).to.deep.equal(["again: unknown"]);
  });

  it("is not called doubled where all packets have the same identification", () => {
    expect(
      causesOf(`${OPEN}
      +.001 -> . 1:101(100) ack 1 {id 1}
      +0    -> . 101:201(100) ack 1 {id 1}
      +.005 -> . 1:101(100) ack 1 {id 1} @again
    `),
    ).to.deep.equal(["again: unknown"]);
  });

  it("is not certain by a clock that stands at zero", () => {
    expect(
      causesOf(`${OPEN}
      +.001 -> . 1:101(100) ack 1 <TS val 0 ecr 0> {id 7}
      +.030 -> . 1:101(100) ack 1 <TS val 0 ecr 0> {id 7} @twice
    `),
    ).to.deep.equal(["twice: network-duplicate strong"]);
  });

  it("was sent again when its number follows the newest, though the original's was higher", () => {
    expect(
      causesOf(`${OPEN}
      +.001 -> . 1:101(100) ack 1   {id 30700}
      +0    -> . 101:201(100) ack 1 {id 30900}
      +0    -> . 201:301(100) ack 1 {id 30030}
      +.04  <- . 1:1(0) ack 101 <sack 201:301>
      +0    -> . 101:201(100) ack 1 {id 30031} @again
    `),
    ).to.deep.equal(["again: fast strong"]);
  });

  it("was sent again when a timer had time to expire, though some systems keep the identification", () => {
    expect(
      causesOf(`
      0  -> S 0:0(0) {id 7}
      +1 -> S 0:0(0) {id 7} @again
    `),
    ).to.deep.equal(["again: syn-timer certain"]);
  });

  it("is certain when the sender's clock stood still, too", () => {
    expect(
      causesOf(`${OPEN}
      +.001 -> . 1:101(100) ack 1 <TS val 143 ecr 800> {id 7}
      +.030 -> . 1:101(100) ack 1 <TS val 143 ecr 800> {id 7} @twice
    `),
    ).to.deep.equal(["twice: network-duplicate certain"]);
  });

  it("was sent again when that clock went on, whatever the identification", () => {
    expect(
      causesOf(`${OPEN}
      +.001 -> . 1:101(100) ack 1 <TS val 143 ecr 800> {id 7}
      +.3   -> . 1:101(100) ack 1 <TS val 443 ecr 800> {id 7} @again
    `),
    ).to.deep.equal(["again: tail-loss-probe weak"]);
  });

  it("over IPv6 was doubled when its clock stood still for longer than clocks do", () => {
    const twice = (after: string) => `${OPEN}
      +.001  -> . 1:101(100) ack 1 <TS val 143 ecr 800>
      +${after} -> . 1:101(100) ack 1 <TS val 143 ecr 800> @twice
    `;
    expect(causesOf(twice(".030"), { ipVersion: 6 })).to.deep.equal(["twice: network-duplicate strong"]);
    expect(causesOf(twice(".003"), { ipVersion: 6 })).to.deep.equal(["twice: network-duplicate weak"]);
  });

  it("is a copy of the capture when the very packet comes again at once: in the column alone", () => {
    const script = `${OPEN}
      +.001    -> . 1:101(100) ack 1
      +.000003 -> . 1:101(100) ack 1 {copy} @copy
      +.04     <- . 1:1(0) ack 101
      +.000003 <- . 1:1(0) ack 101 {copy}
    `;
    expect(causesOf(script)).to.deep.equal([]);
    expect(columnOf(script)).to.deep.equal(["copy: capture-copy certain"]);
  });
});
