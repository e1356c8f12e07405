import { expect } from "chai";
import { captureLines } from "../../src/report/text-captures.js";
import { sampleCapture, sampleReport } from "../support/sample-report.js";

const linesOf = (members: Parameters<typeof sampleCapture>[0]) =>
  captureLines(sampleReport({ captures: [sampleCapture(members)] }), 80);

describe("the captures in the text report", () => {
  it("say where a capture was taken when that is known, and nothing when not", () => {
    expect(linesOf({ vantage: { name: "middle", confidence: "certain" } }).join("\n")).to.include(
      "\n    Seen from: middle (certain)",
    );
    expect(linesOf({ vantage: null }).join("\n")).not.to.include("Seen from");
  });

  it("name what is wrong with its quality, within 80 columns", () => {
    const flaws = [
      "capture-lossy",
      "capture-filtered",
      "capture-duplicated",
      "capture-offload",
      "capture-clock",
    ];
    const lines = linesOf({ flaws });
    expect(lines.join("\n")).to.include("\n    Quality: see capture-lossy, capture-filtered");
    for (const line of lines) expect(line.length).to.be.at.most(80);
    expect(linesOf({ flaws: [] }).join("\n")).not.to.include("Quality");
  });
});
