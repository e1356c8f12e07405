import { expect } from "chai";
import { CaptureClock } from "../../../src/flows/vantage/capture-clock.js";

function clockOf(timesNs: readonly number[]): CaptureClock {
  const clock = new CaptureClock();
  for (const [index, timeNs] of timesNs.entries()) clock.note(timeNs, 7, index + 1);
  return clock;
}

describe("the clock of a capture", () => {
  it("is as coarse as the largest unit that all times are multiples of, counted from the first", () => {
    expect(clockOf([123, 123 + 3e6, 123 + 10e6]).unitNs).to.equal(1e6);
    expect(clockOf([123, 123 + 30e6, 123 + 10e6]).unitNs).to.equal(1e7);
    expect(clockOf([5, 5 + 2e9, 5 + 9e9]).unitNs).to.equal(1e9);
    expect(clockOf([0, 3e6, 5e6 + 1]).unitNs).to.equal(null);
  });

  it("is not called coarse while nothing moves", () => {
    expect(clockOf([5, 5, 5, 5]).unitNs).to.equal(null);
    expect(clockOf([]).unitNs).to.equal(null);
  });

  it("counts the steps back and keeps the largest", () => {
    const clock = clockOf([100, 90, 95, 40, 200]);
    expect(clock.backwardSteps).to.equal(2);
    expect(clock.largestBackNs).to.equal(55);
    expect(clock.largestBack).to.deep.equal({ flowId: 7, frame: 4, timeNs: 40 });
  });

  it("knows by how much it goes back within each connection", () => {
    const clock = new CaptureClock();
    clock.noteWithinFlow(90, 100, 1);
    clock.noteWithinFlow(40, 100, 2);
    clock.noteWithinFlow(95, 100, 2);
    expect(clock.flowsBackBy(10)).to.deep.equal([1, 2]);
    expect(clock.flowsBackBy(60)).to.deep.equal([2]);
    expect(clock.flowsBackBy(61)).to.deep.equal([]);
  });
});
