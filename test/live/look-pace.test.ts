import { expect } from "chai";
import { LookPace } from "../../src/live/look-pace.js";

/** Steps of a millisecond in a second of which frames take `share`, ten milliseconds at a time. */
function stepsIn(share: number): number {
  const pace = new LookPace();
  let steps = 0;
  for (let nowMs = 0; nowMs < 1000; nowMs += 10) {
    pace.noteFrames(10 * share);
    if (!pace.isDue(nowMs)) continue;
    steps++;
    pace.noteStep(nowMs, nowMs + 1);
  }
  return steps;
}

describe("LookPace", () => {
  it("gives looks a tenth of the time while frames leave some", () => {
    expect(stepsIn(0.3)).to.be.within(48, 50);
  });

  it("gives looks a fortieth of the time when frames take most of it", () => {
    expect(stepsIn(0.8)).to.be.within(19, 26);
  });
});
