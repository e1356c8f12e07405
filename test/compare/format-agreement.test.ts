import { expect } from "chai";
import { agreementLines, shareText } from "../../src/compare/format-agreement.js";
import { formatDifferences, formatFrame, formatLabels } from "../../src/compare/format-frame.js";
import { FrameComparison } from "../../src/compare/frame-comparison.js";
import type { OwnAnswer } from "../../src/compare/own-answers.js";
import { DUPLICATE_ACK, LOST_SEGMENT, RETRANSMISSION } from "../../src/flows/labels/label.js";
import { answer } from "./sample-answers.js";

describe("an agreement as text", () => {
  it("lists the labels that occur, with who gave them, then the fields", () => {
    const comparison = new FrameComparison();
    const plain = { seq: 0, ack: 0, sourcePort: 0, destinationPort: 0, flags: 0 };
    comparison.add(answer(1, { ...plain, labels: RETRANSMISSION, rtoNs: 1 }), answer(1, plain));
    comparison.add(answer(2, { ...plain, payloadLength: 7 }), answer(2, { ...plain, payloadLength: 7 }));
    expect(agreementLines(comparison.agreement).join("\n")).to.equal(
      [
        "1 of 2 frames (50.000 %) have exactly tshark's labels",
        "",
        "                both  only ours  only tshark",
        "frames             2          0            0",
        "retransmission     0          1            0",
        "",
        "                  equal  different",
        "tcp.stream            2          0",
        "tcp.len               1          0",
        "tcp.analysis.rto      0          1",
      ].join("\n"),
    );
  });

  it("says 100 % only of all", () => {
    expect(shareText(999_999, 1_000_000)).to.equal("99.999 %");
    expect(shareText(9_999_999, 10_000_000)).to.equal("99.999 %");
    expect(shareText(10, 10)).to.equal("100 %");
    expect(shareText(0, 0)).to.equal("100 %");
  });
});

describe("a differing frame as text", () => {
  const own: OwnAnswer = {
    ...answer(12, { stream: 2, payloadLength: 100, flags: 0x18, ackRttNs: 1_500_000 }),
    timeNs: 1_250_000_000,
    fromServer: true,
    isCopy: false,
    relativeSeq: 1,
    relativeAck: 61,
    window: 502,
  };

  it("shows our frame with relative numbers, and a frame of tshark's alone with raw ones", () => {
    expect(formatFrame(own)).to.equal("frame 12 flow 2 1.250000 <- 40000 > 80 P. 1:101(100) ack 61 win 502");
    expect(formatFrame(answer(13, { stream: 4, payloadLength: 3 }))).to.equal(
      "frame 13 stream 4 40000 > 80 seq 1000 len 3",
    );
  });

  it("names what differs with both values", () => {
    const theirs = answer(12, { labels: DUPLICATE_ACK | LOST_SEGMENT });
    const differences = ["labels", "tcp.analysis.ack_rtt"];
    expect(formatDifferences({ frame: 12, ours: own, theirs, differences })).to.deep.equal([
      "  labels                ours -            tshark lost_segment,duplicate_ack",
      "  tcp.analysis.ack_rtt  ours 0.001500000  tshark -",
    ]);
  });

  it("says which side has no segment", () => {
    expect(formatDifferences({ frame: 12, ours: own, theirs: null, differences: ["frame"] })[0]).to.contain(
      "only ours",
    );
    expect(formatLabels(0)).to.equal("-");
  });
});
