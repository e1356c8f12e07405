import { expect } from "chai";
import { addAgreement, framesOf } from "../../src/compare/agreement.js";
import { FrameComparison } from "../../src/compare/frame-comparison.js";
import { DUPLICATE_ACK, LOST_SEGMENT, RETRANSMISSION } from "../../src/flows/labels/label.js";
import { answer } from "./sample-answers.js";

function labelOf(comparison: FrameComparison, name: string) {
  return comparison.agreement.labels.find((label) => label.name === name);
}

function fieldOf(comparison: FrameComparison, name: string) {
  return comparison.agreement.fields.find((field) => field.name === name);
}

describe("a comparison of frames", () => {
  it("finds nothing between equal answers, whatever the streams are called", () => {
    const comparison = new FrameComparison();
    expect(comparison.add(answer(1, { stream: 1 }), answer(1, { stream: 7 }))).to.equal(null);
    expect(comparison.add(answer(2, { stream: 1 }), answer(2, { stream: 7 }))).to.equal(null);
    const { frames, sameFrames, sameLabels, differentStreams } = comparison.agreement;
    expect(frames).to.include({ both: 2, onlyOurs: 0, onlyTheirs: 0 });
    expect({ sameFrames, sameLabels, differentStreams }).to.deep.equal({
      sameFrames: 2,
      sameLabels: 2,
      differentStreams: 0,
    });
  });

  it("counts a frame that only one side has, and all that this side says of it", () => {
    const comparison = new FrameComparison();
    expect(comparison.add(answer(4), null)?.differences).to.deep.equal(["frame"]);
    expect(comparison.add(null, answer(5, { labels: RETRANSMISSION }))?.frame).to.equal(5);
    expect(comparison.agreement.frames).to.include({ both: 0, onlyOurs: 1, onlyTheirs: 1 });
    expect(framesOf(comparison.agreement)).to.equal(2);
    expect(comparison.agreement.sameLabels).to.equal(0);
    expect(labelOf(comparison, "retransmission")).to.include({ both: 0, onlyTheirs: 1 });
    expect(fieldOf(comparison, "tcp.srcport")).to.include({ compared: 2, equal: 0 });
  });

  it("counts each label by who gave it, and the set as different when one is", () => {
    const comparison = new FrameComparison();
    const difference = comparison.add(
      answer(1, { labels: RETRANSMISSION | DUPLICATE_ACK }),
      answer(1, { labels: RETRANSMISSION | LOST_SEGMENT }),
    );
    expect(difference?.differences).to.deep.equal(["labels"]);
    expect(labelOf(comparison, "retransmission")).to.include({ both: 1, onlyOurs: 0, onlyTheirs: 0 });
    expect(labelOf(comparison, "duplicate_ack")).to.include({ both: 0, onlyOurs: 1, onlyTheirs: 0 });
    expect(labelOf(comparison, "lost_segment")).to.include({ both: 0, onlyOurs: 0, onlyTheirs: 1 });
    expect(comparison.agreement.sameLabels).to.equal(0);
  });

  it("finds a stream that the other side has in two", () => {
    const comparison = new FrameComparison();
    comparison.add(answer(1, { stream: 1 }), answer(1, { stream: 0 }));
    expect(comparison.add(answer(2, { stream: 1 }), answer(2, { stream: 1 }))?.differences).to.deep.equal([
      "tcp.stream",
    ]);
  });

  it("finds two streams that the other side has in one", () => {
    const comparison = new FrameComparison();
    comparison.add(answer(1, { stream: 1 }), answer(1, { stream: 0 }));
    expect(comparison.add(answer(2, { stream: 2 }), answer(2, { stream: 0 }))?.differences).to.deep.equal([
      "tcp.stream",
    ]);
    expect(comparison.agreement.differentStreams).to.equal(1);
  });

  it("compares a field where one side gives it a value", () => {
    const comparison = new FrameComparison();
    comparison.add(answer(1), answer(1));
    comparison.add(answer(2, { rtoNs: 5 }), answer(2, { rtoNs: 5 }));
    expect(comparison.add(answer(3, { rtoNs: 5 }), answer(3))?.differences).to.deep.equal([
      "tcp.analysis.rto",
    ]);
    expect(fieldOf(comparison, "tcp.analysis.rto")).to.include({ compared: 2, equal: 1 });
  });

  it("expects an initial RTT only where tshark says something else of the frame", () => {
    const comparison = new FrameComparison();
    expect(comparison.add(answer(1, { initialRttNs: 9 }), answer(1))).to.equal(null);
    const ours = answer(2, { initialRttNs: 9, bytesInFlight: 3 });
    expect(comparison.add(ours, answer(2, { bytesInFlight: 3 }))?.differences).to.deep.equal([
      "tcp.analysis.initial_rtt",
    ]);
  });

  it("adds up with others", () => {
    const [one, other] = [new FrameComparison(), new FrameComparison()];
    one.add(answer(1, { labels: RETRANSMISSION }), answer(1, { labels: RETRANSMISSION }));
    other.add(answer(1, { labels: RETRANSMISSION }), answer(1));
    other.add(null, answer(2));
    addAgreement(one.agreement, other.agreement);
    expect(one.agreement.frames).to.include({ both: 2, onlyOurs: 0, onlyTheirs: 1 });
    expect(labelOf(one, "retransmission")).to.include({ both: 1, onlyOurs: 1, onlyTheirs: 0 });
    expect(fieldOf(one, "tcp.seq_raw")).to.include({ compared: 3, equal: 2 });
    expect(one.agreement).to.include({ sameLabels: 1, sameFrames: 1 });
  });
});
