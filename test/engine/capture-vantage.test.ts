import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { analyze } from "../../src/analyze.js";
import { CaptureVantage } from "../../src/engine/capture-vantage.js";
import type { Confidence, Vantage } from "../../src/engine/finding.js";
import type { CaptureSummary } from "../../src/report/report.js";

const judged = (vantage: Vantage, confidence: Confidence | null) => ({ vantage, confidence });

function vantageOf(votes: readonly [flows: number, vantage: Vantage, confidence: Confidence | null][]) {
  const capture = new CaptureVantage();
  for (const [flows, vantage, confidence] of votes) {
    for (let flow = 0; flow < flows; flow++) capture.add(judged(vantage, confidence));
  }
  return capture.judge();
}

describe("the vantage of a whole capture", () => {
  it("is what nine in ten of the flows that tell agree on", () => {
    expect(
      vantageOf([
        [9, "client-host", "strong"],
        [1, "middle", "weak"],
        [100, "unknown", null],
      ]),
    ).to.deep.equal(judged("client-host", "strong"));
  });

  it("is unknown where flows disagree, as on a host that is client and server in turn", () => {
    expect(
      vantageOf([
        [8, "client-host", "certain"],
        [2, "server-host", "certain"],
      ]),
    ).to.deep.equal(judged("unknown", null));
  });

  it("is unknown where no flow tells", () => {
    expect(vantageOf([[3, "unknown", null]])).to.deep.equal(judged("unknown", null));
  });

  it("is as sure as at least half of the flows that agree", () => {
    const half = (confidence: Confidence, others: Confidence) =>
      vantageOf([
        [5, "middle", confidence],
        [5, "middle", others],
      ]).confidence;
    expect(half("certain", "weak")).to.equal("certain");
    expect(half("strong", "weak")).to.equal("strong");
    expect(
      vantageOf([
        [4, "middle", "strong"],
        [6, "middle", "weak"],
      ]).confidence,
    ).to.equal("weak");
  });
});

async function summaryOf(name: string): Promise<CaptureSummary> {
  const path = fileURLToPath(new URL(`../../captures/${name}.pcap`, import.meta.url));
  const report = await analyze({ paths: [path], database: ":memory:", timeline: "none" });
  return report.captures[0]!;
}

describe("captures of the same connections, taken at three places at once", () => {
  const truths: [name: string, vantage: Vantage, flaws: string[]][] = [
    ["vantage-client", "client-host", []],
    ["vantage-router", "middle", ["capture-duplicated"]],
    ["vantage-server", "server-host", []],
  ];
  for (const [name, vantage, flaws] of truths) {
    it(`tell that ${name} is ${vantage}, and its quality`, async () => {
      const summary = await summaryOf(name);
      expect(summary.vantage?.name).to.equal(vantage);
      expect(summary.vantage?.confidence).not.to.equal("weak");
      expect(summary.flaws).to.deep.equal(flaws);
    });
  }

  it("are told from captures on loopback and on a bridge", async () => {
    expect((await summaryOf("accept-queue-overflow")).vantage?.name).to.equal("server-host");
    expect((await summaryOf("mirrored")).vantage?.name).to.equal("middle");
  });

  it("leave open on which end of one link a capture was taken", async () => {
    expect((await summaryOf("accept-queue-overflow-veth")).vantage).to.equal(null);
    expect((await summaryOf("health-checks")).vantage).to.equal(null);
  });
});
