import { expect } from "chai";
import { CommitPace } from "../../src/live/commit-pace.js";

/** Which of the moments have a commit, when each takes `lastMs`. */
function commits(moments: readonly number[], lastMs: number): number[] {
  const pace = new CommitPace();
  return moments.filter((moment) => pace.isDue(moment, lastMs));
}

describe("CommitPace", () => {
  const HALF_SECONDS = [0, 500, 1000, 1500, 2000, 2500];

  it("lets short commits come whenever they are asked for", () => {
    expect(commits(HALF_SECONDS, 10)).to.deep.equal(HALF_SECONDS);
  });

  it("spaces out those that take more than a quarter of the time in between", () => {
    expect(commits(HALF_SECONDS, 150)).to.deep.equal([0, 1000, 2000]);
  });

  it("never lets readers wait much longer than a second", () => {
    expect(commits(HALF_SECONDS, 5000)).to.deep.equal([0, 1000, 2000]);
  });
});
