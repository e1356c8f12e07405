import { expect } from "chai";
import { joinFrames } from "../../src/compare/join-frames.js";
import { answer } from "./sample-answers.js";

async function joined(ours: readonly number[], theirs: readonly number[]) {
  const pairs: [number | null, number | null][] = [];
  const answers = (frames: readonly number[]) => frames.map((frame) => answer(frame));
  for await (const [our, their] of joinFrames(answers(ours), answers(theirs)))
    pairs.push([our?.frame ?? null, their?.frame ?? null]);
  return pairs;
}

describe("joining two answers by frame", () => {
  it("pairs what both have and keeps the order", async () => {
    expect(await joined([1, 3, 4, 9], [2, 3, 9, 10])).to.deep.equal([
      [1, null],
      [null, 2],
      [3, 3],
      [4, null],
      [9, 9],
      [null, 10],
    ]);
  });

  it("gives the rest when one side is empty", async () => {
    expect(await joined([], [2, 3])).to.deep.equal([
      [null, 2],
      [null, 3],
    ]);
    expect(await joined([1], [])).to.deep.equal([[1, null]]);
    expect(await joined([], [])).to.deep.equal([]);
  });

  it("ends both sides when the reader stops", async () => {
    let ended = 0;
    function* endless() {
      try {
        for (let frame = 1; ; frame++) yield answer(frame);
      } finally {
        ended++;
      }
    }
    for await (const [ours] of joinFrames(endless(), endless())) if (ours?.frame === 3) break;
    expect(ended).to.equal(2);
  });
});
