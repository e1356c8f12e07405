import { expect } from "chai";
import { type CaptureQuality, whyUnjudgeable } from "../../src/engine/judgeable.js";

const good: CaptureQuality = {
  source: "a.pcap",
  frames: 1000,
  droppedFrames: null,
  damage: null,
  headerlessFrames: 0,
};
const whyNot = (changes: Partial<CaptureQuality>) => whyUnjudgeable([good, { ...good, ...changes }]);

describe("a verdict over captures", () => {
  it("stands when they are whole", () => {
    expect(whyUnjudgeable([good])).to.equal(null);
    expect(whyNot({ droppedFrames: 0 })).to.equal(null);
  });

  it("stands when one is damaged behind frames that were read", () => {
    expect(whyNot({ damage: "cut in the middle of a record" })).to.equal(null);
  });

  it("falls when one is damaged before its first frame", () => {
    expect(whyNot({ frames: 0, damage: "cut" })).to.equal("a.pcap is damaged before its first frame: cut");
  });

  it("falls when one lost more than a tenth of its frames", () => {
    expect(whyNot({ frames: 900, droppedFrames: 100 })).to.equal(null);
    expect(whyNot({ frames: 900, droppedFrames: 101 })).to.match(/^a\.pcap lost 10 % of its frames/);
    expect(whyNot({ frames: 0, droppedFrames: 5 })).to.match(/lost 100 %/);
  });

  it("falls when a snaplen cut most TCP headers away", () => {
    expect(whyNot({ headerlessFrames: 500 })).to.equal(null);
    expect(whyNot({ headerlessFrames: 501 })).to.match(/snaplen/);
  });
});
