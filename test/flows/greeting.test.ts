import { expect } from "chai";
import { AWAITS_ANSWER, type Flow, IS_GREETED } from "../../src/flows/flow.js";
import { trackScript } from "../support/track-script.js";

const HANDSHAKE = `
  0     -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +.001 -> .  1:1(0) ack 1
`;
const GREETING = "+.001 <- P. 1:21(20) ack 1";
const REQUEST = "+.001 -> P. 1:11(10) ack 21";

/** What greeting.ts noted of the first flow of a script. */
async function greetingOf(script: string) {
  const noted: ReturnType<typeof read>[] = [];
  const read = ({ facts, greetedAnswerNs }: Flow) => ({
    isGreeted: (facts & IS_GREETED) !== 0,
    awaitsAnswer: (facts & AWAITS_ANSWER) !== 0,
    answerMs: greetedAnswerNs / 1e6,
  });
  await trackScript(HANDSHAKE + script, {}, (flow) => noted.push(read(flow)));
  return noted[0]!;
}

describe("who speaks first", () => {
  it("the client: nothing is noted", async () => {
    const script = "+.001 -> P. 1:11(10) ack 1\n+.001 <- P. 1:21(20) ack 11";
    expect(await greetingOf(script)).to.deep.equal({ isGreeted: false, awaitsAnswer: false, answerMs: 0 });
  });

  it("the server: the client is greeted", async () => {
    expect(await greetingOf(GREETING)).to.deep.equal({ isGreeted: true, awaitsAnswer: false, answerMs: 0 });
  });

  it("the client, though the capture lacks it: the server acknowledges what it said", async () => {
    expect(await greetingOf("+.001 <- P. 1:21(20) ack 11")).to.include({ isGreeted: false });
  });

  it("the client, where both speak at once", async () => {
    expect(await greetingOf("+.001 -> P. 1:11(10) ack 1\n+.001 <- P. 1:21(20) ack 1")).to.include({
      isGreeted: false,
    });
  });

  it("nobody knows, where the server's first octets are lacking", async () => {
    expect(await greetingOf("+.001 <- P. 41:61(20) ack 1")).to.include({ isGreeted: false });
  });
});

describe("the answer to a client that was greeted", () => {
  it("is the server's next data that acknowledges the client's, and only the first", async () => {
    const script = `${GREETING}
      ${REQUEST}
      +.001 <- .  21:21(0) ack 11
      +.094 <- P. 21:41(20) ack 11
      +.1   -> P. 11:21(10) ack 41
      +.1   <- P. 41:61(20) ack 21`;
    expect(await greetingOf(script)).to.deep.equal({ isGreeted: true, awaitsAnswer: false, answerMs: 99 });
  });

  it("is missing while nothing new comes", async () => {
    const script = `${GREETING}\n${REQUEST}\n+.2 <- P. 1:21(20) ack 11`;
    expect(await greetingOf(script)).to.deep.equal({ isGreeted: true, awaitsAnswer: true, answerMs: 0 });
  });

  it("is not the rest of a greeting that crossed the client's data", async () => {
    const script = `${GREETING}\n${REQUEST}\n+.001 <- P. 21:31(10) ack 1\n+.001 <- P. 31:41(10) ack 11`;
    expect(await greetingOf(script)).to.deep.equal({ isGreeted: true, awaitsAnswer: false, answerMs: 0 });
  });
});
