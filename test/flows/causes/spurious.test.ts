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

  it("is proved by an acknowledgment that comes sooner than an answer to it can", () => {
    expect(
      proofsOf(`${FLIGHT}
      +.3   -> . 1:101(100) ack 1 @head
      +.01  -> . 101:201(100) ack 1 @second
      +.01  -> . 201:301(100) ack 1 @third
      +0    -> . 301:401(100) ack 1 @fourth
      +.021 <- . 1:1(0) ack 301 @answer
      +.02  <- . 1:1(0) ack 401
    `).map(([label, , proof, proofLabel]) => [label, proof, proofLabel]),
    ).to.deep.equal([
      ["head", null, null],
      ["second", "acknowledged", "answer"],
      ["third", "acknowledged", "answer"],
      ["fourth", null, null],
    ]);
  });

  it("is not proved by one that comes a little sooner, nor by what a D-SACK proved already", () => {
    const proofs = (second: string, answer: string) =>
      proofsOf(`${FLIGHT}
      +.3 -> . 1:101(100) ack 1
      ${second} -> . 101:201(100) ack 1
      +0  -> . 201:301(100) ack 1
      +0  -> . 301:401(100) ack 1
      ${answer}
    `).map(([, , proof]) => proof);
    const behind = (proof: string | null) => [null, proof, proof, proof];
    expect(proofs("+.003", "+.038 <- . 1:1(0) ack 401")).to.deep.equal(behind(null));
    expect(proofs("+.006", "+.035 <- . 1:1(0) ack 401")).to.deep.equal(behind("acknowledged"));
    const dsack = "+.005 <- . 1:1(0) ack 1 <sack 101:201 101:401>";
    expect(proofs("+.01", `${dsack}\n+.026 <- . 1:1(0) ack 401`)).to.deep.equal([
      null,
      "dsack",
      "acknowledged",
      "acknowledged",
    ]);
  });

  it("is not proved by an answer sooner than before on a path that has become shorter", () => {
    expect(
      proofsOf(`${OPEN}
      +0    -> . 1:101(100) ack 1
      +.3   -> . 1:101(100) ack 1
      +.01  <- . 1:1(0) ack 101
      +.001 -> . 101:201(100) ack 1
      +0    -> . 201:301(100) ack 1
      +.3   -> . 101:201(100) ack 1 @head
      +.02  -> . 201:301(100) ack 1 @second
      +.021 <- . 1:1(0) ack 301
    `).map(([, , proof]) => proof),
    ).to.deep.equal([null, null, null]);
  });

  it("is not proved by an answer as soon as the quickest to data was", () => {
    expect(
      proofsOf(`${OPEN}
      +0    -> . 1:101(100) ack 1
      +.03  <- . 1:1(0) ack 101
      +.001 -> . 101:201(100) ack 1
      +0    -> . 201:301(100) ack 1
      +.3   -> . 101:201(100) ack 1
      +.008 -> . 201:301(100) ack 1
      +.03  <- . 1:1(0) ack 301
    `).map(([, , proof]) => proof),
    ).to.deep.equal([null, null]);
  });

  it("on a path of less than a millisecond is not proved by when it is answered", () => {
    expect(
      proofsOf(`
      0       -> S  0:0(0) <mss 1460,sackOK>
      +.0009  <- S. 0:0(0) ack 1 <mss 1460,sackOK>
      +.0001  -> .  1:1(0) ack 1
      +0      -> .  1:101(100) ack 1
      +0      -> .  101:201(100) ack 1
      +.3     -> .  1:101(100) ack 1
      +.0008  -> .  101:201(100) ack 1
      +.0002  <- .  1:1(0) ack 201
    `).map(([, , proof]) => proof),
    ).to.deep.equal([null, null]);
  });

  it("is proved by an acknowledgment that passes over it and on, where there are no SACK blocks (RFC 5681, section 4.2)", () => {
    const secondsProof = (
      pause: string,
      { before = "", meanwhile = "", answer = "+.04 <- . 1:1(0) ack 401" } = {},
    ) =>
      proofsOf(`${FLIGHT} ${before}
      +.5 -> . 1:101(100) ack 1
      ${pause} -> . 101:201(100) ack 1 @second
      ${meanwhile}
      ${answer}
    `).find(([label]) => label === "second")![2];
    expect(secondsProof("+.001")).to.equal("acknowledged");
    // A receiver that gets both at once answers once.
    expect(secondsProof("+.00005")).to.equal(null);
    // It goes no further: whether they were lost as well cannot be told.
    expect(secondsProof("+.001", { answer: "+.04 <- . 1:1(0) ack 201" })).to.equal(null);
    // What it covers besides was sent later, so that it may answer that.
    const all = "+0 -> . 201:301(100) ack 1\n+0 -> . 301:401(100) ack 1\n+0 -> . 401:501(100) ack 1";
    expect(secondsProof("+.001", { meanwhile: all, answer: "+.04 <- . 1:1(0) ack 501" })).to.equal(null);
    // What was sent again beyond it does not matter.
    const last = { meanwhile: "+0 -> . 301:401(100) ack 1", answer: "+.04 <- . 1:1(0) ack 301" };
    expect(secondsProof("+.001", last)).to.equal("acknowledged");
    // This receiver tells what it has.
    expect(secondsProof("+.001", { before: "\n+.04 <- . 1:1(0) ack 1 <sack 301:401>" })).to.equal(null);
    // It may have come before the first, as the duplicate acknowledgment may say.
    const duplicate = (wait: string) => ({
      meanwhile: `${wait} <- . 1:1(0) ack 1`,
      answer: "+.01 <- . 1:1(0) ack 401",
    });
    expect(secondsProof("+.001", duplicate("+.04"))).to.equal(null);
    expect(secondsProof("+.001", duplicate("+.039"))).to.equal("acknowledged");
  });

  it("is not proved by an acknowledgment of what follows it, nor is what the network doubled", () => {
    expect(
      proofsOf(`${FLIGHT}
      +.3  -> . 101:201(100) ack 1 @second
      +.01 -> . 1:101(100) ack 1 @first
      +.04 <- . 1:1(0) ack 101
      +0   <- . 1:1(0) ack 401
    `).map(([label, , proof]) => [label, proof]),
    ).to.deep.equal([
      ["second", null],
      ["first", null],
    ]);
    expect(
      proofsOf(`${OPEN}
      +0    -> . 1:101(100) ack 1 {id 5}
      +0    -> . 101:201(100) ack 1 {id 6}
      +.3   -> . 1:101(100) ack 1 {id 7} @head
      +.02  -> . 1:101(100) ack 1 {id 7} @twice
      +0    -> . 101:201(100) ack 1 {id 8} @second
      +.01  -> . 101:201(100) ack 1 {id 8} @secondTwice
      +.011 <- . 1:1(0) ack 201
    `).map(([label, , proof]) => [label, proof]),
    ).to.deep.equal([
      ["head", null],
      ["twice", null],
      ["second", "acknowledged"],
      ["secondTwice", null],
    ]);
  });

  it("of all that was sent is proved so when the last of it was answered too soon", () => {
    expect(
      proofsOf(`${FLIGHT}
      +.3   -> . 1:101(100) ack 1
      +.001 -> . 101:201(100) ack 1
      +.001 -> . 201:301(100) ack 1
      +.01  -> . 301:401(100) ack 1
      +.029 <- . 1:1(0) ack 401
    `).map(([, , proof]) => proof),
    ).to.deep.equal([null, "acknowledged", "acknowledged", "acknowledged"]);
  });
});
