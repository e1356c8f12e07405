import { expect } from "chai";
import type { ObservedSegment } from "../../src/between/observation.js";
import { pairSegments, passagesOf } from "../../src/between/pair-segments.js";
import { Way } from "../../src/between/way.js";
import { RST } from "../../src/tcp/flags.js";
import { segment, taken } from "./observed.js";

const TEN_MS = new Way([{ sentNs: 0, tookNs: 10e6 }]);

/** Of what was sent, how much arrived; of what arrived, which of these it was, "twice" or null. */
function paired(
  sent: readonly ObservedSegment[],
  arrived: readonly ObservedSegment[],
  way: Way | null = TEN_MS,
) {
  const pairs = pairSegments(sent, arrived, way);
  return {
    arrived: pairs.sent.map((each) => each.arrived),
    sources: pairs.arrived.map(({ source, isDuplicate }) =>
      isDuplicate ? "twice" : source === null ? null : sent.indexOf(source.segment),
    ),
  };
}

describe("segments of two captures", () => {
  it("are the same where their numbers and timestamps are", () => {
    const sent = [segment(0, 1, 100, { tsval: 5 }), segment(1, 101, 100, { tsval: 6 }), segment(2, 201, 0)];
    expect(paired(sent, [taken(sent[0]!, 10), taken(sent[2]!, 10)])).to.deep.equal({
      arrived: [100, 0, 1],
      sources: [0, 2],
    });
  });

  it("are told apart by their timestamps where the numbers are the same", () => {
    const sent = [segment(0, 1, 100, { tsval: 5 }), segment(300, 1, 100, { tsval: 305 })];
    expect(paired(sent, [taken(sent[0]!, 900)], null)).to.deep.equal({ arrived: [100, 0], sources: [0] });
  });

  it("show how long the way is where no other looks like them", () => {
    const sent = [segment(0, 1, 100), segment(5, 101, 0), segment(9, 101, 0)];
    expect(passagesOf(sent, [taken(sent[0]!, 10), taken(sent[1]!, 10)])).to.deep.equal([
      { sentNs: 0, tookNs: 10e6 },
    ]);
    expect(passagesOf(sent.slice(0, 2), [taken(sent[1]!, 10), taken(sent[2]!, 10)])).to.deep.equal([]);
  });

  it("without timestamps are the latest that can have arrived in time", () => {
    const sent = [segment(0, 1, 100), segment(300, 1, 100), segment(900, 1, 100)];
    expect(paired(sent, [taken(sent[1]!, 10)])).to.deep.equal({ arrived: [0, 100, 0], sources: [1] });
    const acks = [segment(0, 1, 0), segment(50, 1, 0), segment(100, 1, 0)];
    expect(paired(acks, [taken(acks[1]!, 10), taken(acks[2]!, 10)])).to.deep.equal({
      arrived: [0, 1, 1],
      sources: [1, 2],
    });
  });

  it("of a burst that are all alike arrive in order", () => {
    const acks = Array.from({ length: 20 }, (_, index) => segment(index * 0.05, 1, 0));
    const arrived = acks.map((each) => taken(each, 10));
    expect(paired(acks, arrived).sources).to.deep.equal(acks.map((_, index) => index));
    expect(
      paired(
        acks,
        arrived.map((each) => taken(each, 7)),
      ).sources,
    ).to.deep.equal(acks.map((_, index) => index));
  });

  it("without payload are known by their IP identification where it is the same", () => {
    const acks = [segment(0, 1, 0, { ipId: 7 }), segment(0.1, 1, 0, { ipId: 8 })];
    expect(paired(acks, [taken(acks[1]!, 10)])).to.deep.equal({ arrived: [0, 1], sources: [1] });
  });

  it("are followed octet by octet where they were cut on the way", () => {
    const sent = [segment(0, 1, 3000), segment(1, 3001, 1000)];
    const pieces = [segment(10, 1, 1000), segment(10, 2001, 1000), segment(11, 3001, 1000)];
    expect(paired(sent, pieces)).to.deep.equal({ arrived: [2000, 1000], sources: [0, 0, 1] });
  });

  it("are followed octet by octet where pieces overtake each other, or come twice", () => {
    const sent = [segment(0, 1, 3000)];
    const pieces = [2001, 1, 2001, 1001].map((seq, index) => segment(10 + index, seq, 1000));
    expect(paired(sent, pieces)).to.deep.equal({ arrived: [3000], sources: [0, 0, "twice", 0] });
  });

  it("are followed octet by octet where they were put together", () => {
    const sent = [segment(0, 1, 1000), segment(1, 1001, 1000), segment(2, 2001, 1000)];
    expect(paired(sent, [segment(12, 1, 3000)])).to.deep.equal({ arrived: [1000, 1000, 1000], sources: [0] });
  });

  it("arrive twice", () => {
    const sent = [segment(0, 1, 100, { tsval: 5 }), segment(1, 101, 0, { tsval: 5 })];
    const both = sent.map((each) => taken(each, 10));
    expect(paired(sent, [...both, ...both])).to.deep.equal({
      arrived: [100, 1],
      sources: [0, 1, "twice", "twice"],
    });
  });

  it("were not sent there: a RST, and payload beyond", () => {
    const sent = [segment(0, 1, 100)];
    const injected = [taken(sent[0]!, 10), segment(20, 101, 0, { flags: RST }), segment(30, 50_001, 100)];
    expect(paired(sent, injected).sources).to.deep.equal([0, null, null]);
  });

  it("are the same though PSH and what is said of congestion are not", () => {
    const sent = [segment(0, 1, 0, { flags: 0x10 })];
    expect(paired(sent, [taken(sent[0]!, 10, { flags: 0x10 | 0x08 | 0x40 })]).arrived).to.deep.equal([1]);
  });
});
