import { expect } from "chai";
import { trackScript } from "../support/track-script.js";

/** Stalls of the first flow and the longest one, in seconds. */
async function stallsOf(script: string): Promise<readonly [number, number | null]> {
  const { stalls, longestStallNs } = (await trackScript(script)).flows[0]!;
  return [stalls, longestStallNs === null ? null : longestStallNs / 1e9];
}

const HANDSHAKE = `
  0    -> S  0:0(0)
  +.01 <- S. 0:0(0) ack 1
  +0   -> .  1:1(0) ack 1`;

describe("a stall", () => {
  it("is a silence of a second or more while something is unacknowledged", async () => {
    expect(
      await stallsOf(`${HANDSHAKE}
        +0    -> P. 1:6(5) ack 1
        +.999 -> P. 1:6(5) ack 1
        +1    -> P. 1:6(5) ack 1
        +2    <- .  1:1(0) ack 6`),
    ).to.deep.equal([2, 2]);
  });

  it("begins with a SYN that has no answer", async () => {
    expect(await stallsOf("0 -> S 0:0(0)\n +1 -> S 0:0(0)\n +3 -> S 0:0(0)")).to.deep.equal([2, 3]);
  });

  it("is no silence in which all was acknowledged: that is the application's", async () => {
    expect(
      await stallsOf(`${HANDSHAKE}
        +0 -> P. 1:6(5) ack 1
        +0 <- .  1:1(0) ack 6
        +9 <- P. 1:6(5) ack 6
        +0 -> .  6:6(0) ack 6
        +9 -> F. 6:6(0) ack 6`),
    ).to.deep.equal([0, null]);
  });

  it("is not told where one direction only was captured", async () => {
    expect(await stallsOf("0 -> P. 1:6(5) ack 1\n +5 -> P. 6:9(3) ack 1")).to.deep.equal([0, null]);
  });
});
