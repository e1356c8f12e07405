import { expect } from "chai";
import { judgeScript } from "./judge-script.js";

const OPEN = `
  0     -> S  0:0(0) <mss 1460,sackOK>
  +.04  <- S. 0:0(0) ack 1 <mss 1460,sackOK>
  +.001 -> .  1:1(0) ack 1
`;
/** Four segments of 100 octets behind the handshake. */
const FLIGHT = `${OPEN}
  +0    -> .  1:101(100) ack 1
  +0    -> .  101:201(100) ack 1
  +0    -> .  201:301(100) ack 1
  +0    -> .  301:401(100) ack 1
`;
const OPEN_WITH_TIMESTAMPS = `
  0     -> S  0:0(0) <mss 1460,sackOK,TS val 100 ecr 0>
  +.04  <- S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 800 ecr 100>
  +.001 -> .  1:1(0) ack 1 <TS val 141 ecr 800>
`;

/** Label, cause, proof and proving frame of each repeated segment. */
function proofsOf(text: string): (string | null)[][] {
  return judgeScript(text).map(({ label, cause, proof, proofLabel }) => [label, cause, proof, proofLabel]);
}

describe("a needless retransmission", () => {
  it("is proved by a D-SACK below the acknowledgment (RFC 2883, section 4.1)", () => {
    expect(
      proofsOf(`${OPEN}
      +0   -> . 1:101(100) ack 1
      +0   -> . 101:201(100) ack 1
      +.3  -> . 1:101(100) ack 1 @again
      +.01 <- . 1:1(0) ack 201
      +.03 <- . 1:1(0) ack 201 <sack 1:101> @dsack
    `),
    ).to.deep.equal([["again", "timeout certain", "dsack", "dsack"]]);
  });

  it("is proved by a D-SACK within the second block (RFC 2883, section 4.1, example 2)", () => {
    expect(
      proofsOf(`${OPEN}
      +0   -> . 1:101(100) ack 1
      +0   -> . 101:201(100) ack 1
      +0   -> . 201:301(100) ack 1
      +.04 <- . 1:1(0) ack 1 <sack 101:301>
      +.3  -> . 201:301(100) ack 1 @again
      +.04 <- . 1:1(0) ack 1 <sack 201:301 101:301> @dsack
    `).map(([label, , proof, proofLabel]) => [label, proof, proofLabel]),
    ).to.deep.equal([["again", "dsack", "dsack"]]);
  });

  it("is not proved by a D-SACK of a part of it: the rest was needed", () => {
    expect(
      proofsOf(`${OPEN}
      +0   -> . 1:101(100) ack 1
      +0   -> . 101:201(100) ack 1
      +.04 <- . 1:1(0) ack 1 <sack 101:201>
      +.3  -> . 51:201(150) ack 1 @tail
      +.04 <- . 1:1(0) ack 1 <sack 101:201 51:201>
      +.3  -> . 1:101(100) ack 1 @again
      +.04 <- . 1:1(0) ack 201 <sack 51:101>
    `).map(([label, , proof]) => [label, proof]),
    ).to.deep.equal([
      ["tail", null],
      ["again", null],
    ]);
  });

  it("is proved by a D-SACK of what it repeats, though it brings something new besides", () => {
    expect(
      proofsOf(`${OPEN}
      +0   -> . 1:101(100) ack 1
      +.3  -> . 1:201(200) ack 1 @again
      +.04 <- . 1:1(0) ack 201 <sack 1:101> @dsack
    `).map(([label, , proof, proofLabel]) => [label, proof, proofLabel]),
    ).to.deep.equal([["again", "dsack", "dsack"]]);
  });

  it("of several segments in one frame is proved by the D-SACK of each of them", () => {
    expect(
      proofsOf(`${OPEN}
      +0   -> . 1:2921(2920) ack 1
      +.3  -> . 1:2921(2920) ack 1 @again
      +.01 <- . 1:1(0) ack 2921
      +.03 <- . 1:1(0) ack 2921 <sack 1:1461> @first
      +0   <- . 1:1(0) ack 2921 <sack 1461:2921>
    `).map(([label, , proof, proofLabel]) => [label, proof, proofLabel]),
    ).to.deep.equal([["again", "dsack", "first"]]);
  });

  it("is proved by an echo older than itself (RFC 3522)", () => {
    expect(
      proofsOf(`${OPEN_WITH_TIMESTAMPS}
      +0   -> . 1:101(100) ack 1 <TS val 141 ecr 800>
      +0   -> . 101:201(100) ack 1 <TS val 141 ecr 800>
      +.3  -> . 1:101(100) ack 1 <TS val 441 ecr 800> @again
      +.01 <- . 1:1(0) ack 101 <TS val 1150 ecr 141> @late
    `),
    ).to.deep.equal([["again", "timeout certain", "timestamps", "late"]]);
  });

  it("is judged by the first retransmission's timestamp when there were several", () => {
    expect(
      proofsOf(`${OPEN_WITH_TIMESTAMPS}
      +0   -> . 1:101(100) ack 1 <TS val 141 ecr 800>
      +0   -> . 101:201(100) ack 1 <TS val 141 ecr 800>
      +.3  -> . 1:101(100) ack 1 <TS val 441 ecr 800> @first
      +.6  -> . 1:101(100) ack 1 <TS val 1041 ecr 800> @second
      +.01 <- . 1:1(0) ack 101 <TS val 1750 ecr 441> @late
    `).map(([label, , proof]) => [label, proof]),
    ).to.deep.equal([
      ["first", null],
      ["second", null],
    ]);
  });

  it("is not proved by an echo of itself, nor when clocks did not move, nor behind what the receiver waited for", () => {
    const needed = proofsOf(`${OPEN_WITH_TIMESTAMPS}
      +0   -> . 1:101(100) ack 1 <TS val 141 ecr 800>
      +.3  -> . 1:101(100) ack 1 <TS val 441 ecr 800> @again
      +.04 <- . 1:1(0) ack 101 <TS val 1180 ecr 441>
    `);
    expect(needed.map(([, , proof]) => proof)).to.deep.equal([null]);
    // The receiver delayed its acknowledgment of the first segment, whose timestamp it therefore still echoes.
    const behind = proofsOf(`${OPEN_WITH_TIMESTAMPS}
      +0   -> . 1:101(100) ack 1 <TS val 141 ecr 800>
      +0   -> . 101:201(100) ack 1 <TS val 141 ecr 800>
      +.1  -> . 101:201(100) ack 1 <TS val 241 ecr 800> @again
      +.04 <- . 1:1(0) ack 201 <TS val 980 ecr 141>
    `);
    expect(behind.map(([, , proof]) => proof)).to.deep.equal([null]);
  });

  it("is seen at once near the receiver, where the acknowledgment was captured before", () => {
    expect(
      proofsOf(`${OPEN}
      +0   -> . 1:101(100) ack 1
      +0   -> . 101:201(100) ack 1
      +.04 <- . 1:1(0) ack 201
      +.3  -> . 1:101(100) ack 1 @again
    `),
    ).to.deep.equal([["again", "timeout strong", "acknowledged", null]]);
  });

  it("is not blamed on the sender when the network doubled the segment", () => {
    expect(
      proofsOf(`${OPEN}
      +0   -> . 1:101(100) ack 1 {id 7}
      +.3  -> . 1:101(100) ack 1 {id 8} @again
      +.01 -> . 1:101(100) ack 1 {id 8} @twice
      +.04 <- . 1:1(0) ack 101
      +0   <- . 1:1(0) ack 101 <sack 1:101> @dsack
    `),
    ).to.deep.equal([
      ["again", "tail-loss-probe weak", null, null],
      ["twice", "network-duplicate strong", "dsack", "dsack"],
    ]);
  });

  it("ends the recovery that its timeout began: what follows is judged anew (RFC 4015)", () => {
    expect(
      proofsOf(`${OPEN_WITH_TIMESTAMPS}
      +0   -> . 1:101(100) ack 1 <TS val 141 ecr 800>
      +0   -> . 101:201(100) ack 1 <TS val 141 ecr 800>
      +0   -> . 201:301(100) ack 1 <TS val 141 ecr 800>
      +.3  -> . 1:101(100) ack 1 <TS val 441 ecr 800> @again
      +.01 <- . 1:1(0) ack 101 <TS val 1150 ecr 141> @late
      +0   <- . 1:1(0) ack 101 <TS val 1150 ecr 141,sack 201:301>
      +.01 -> . 101:201(100) ack 1 <TS val 461 ecr 1150> @lost
    `).map(([label, cause]) => [label, cause]),
    ).to.deep.equal([
      ["again", "timeout certain"],
      ["lost", "fast strong"],
    ]);
  });

  it("ends it, too, when a D-SACK proves the last of it (RFC 3708)", () => {
    const afterwards = (answer: string) =>
      proofsOf(`${FLIGHT}      +.3  -> . 1:101(100) ack 1 @again
      +.01 <- . 1:1(0) ack 101${answer}
      +.01 <- . 1:1(0) ack 101 <sack 301:401>
      +0   -> . 101:201(100) ack 1 @lost
    `).map(([label, cause]) => [label, cause]);
    expect(afterwards(" <sack 1:101>")).to.deep.equal([
      ["again", "timeout certain"],
      ["lost", "fast strong"],
    ]);
    expect(afterwards("")).to.deep.equal([
      ["again", "timeout certain"],
      ["lost", "timeout strong"],
    ]);
  });

  it("ends it after several timeouts only when octets that were never sent again are acknowledged with it", () => {
    const afterTwo = (ack: number) =>
      proofsOf(`${FLIGHT}      +.3  -> . 1:101(100) ack 1 @again
      +.6  -> . 1:101(100) ack 1 @later
      +.01 <- . 1:1(0) ack ${ack} <sack 1:101>
      +.01 <- . 1:1(0) ack ${ack} <sack 301:401>
      +0   -> . 201:301(100) ack 1 @lost
    `)[2]!.slice(0, 2);
    expect(afterTwo(101)).to.deep.equal(["lost", "timeout strong"]);
    expect(afterTwo(201)).to.deep.equal(["lost", "fast strong"]);
  });

  it("does not end it when more was sent again meanwhile than the D-SACK proves", () => {
    expect(
      proofsOf(`${FLIGHT}      +.3  -> . 1:101(100) ack 1 @again
      +.04 <- . 1:1(0) ack 101
      +0   -> . 101:201(100) ack 1 @second
      +0   -> . 201:301(100) ack 1 @third
      +.04 <- . 1:1(0) ack 201 <sack 101:201>
      +.04 -> . 301:401(100) ack 1 @fourth
    `).map(([label, cause]) => [label, cause]),
    ).to.deep.equal([
      ["again", "timeout certain"],
      ["second", "timeout strong"],
      ["third", "timeout strong"],
      ["fourth", "timeout strong"],
    ]);
  });
});
