import { expect } from "chai";
import { type ReadPageData, readPageData, WATCHED } from "../support/html-report.js";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("the data of the HTML report", () => {
  let data: ReadPageData;
  before(async () => {
    data = await readPageData(WATCHED);
  });

  it("counts every segment once in the rate, and every repetition", () => {
    const [recording] = data.recordings;
    // tshark -Y tcp counts 196 frames; 27 of them are sent again, as the servers' table says.
    expect(sum(recording!.rate.segments!)).to.equal(196);
    expect(sum(recording!.rate.retransmissions)).to.equal(27);
  });

  it("has the kernel's samples and route changes on the same axis", () => {
    const [recording] = data.recordings;
    const overflows = recording!.counters.find(({ name }) => name === "TcpExtListenOverflows");
    expect(sum(overflows!.deltas)).to.equal(30);
    expect(recording!.queues.map(({ listener, backlog }) => [listener, backlog])).to.deep.equal([
      ["10.77.0.2:8080", 4],
    ]);
    expect(Math.max(...recording!.queues[0]!.waiting)).to.equal(5);
    expect(recording!.events.map(({ text }) => text)).to.include("add unreachable 192.0.2.0/24");
  });

  it("puts flows with findings first, in the table and among those drawn", () => {
    const flagged = data.report.findings[0]!.flowIds;
    expect(data.flows.id.slice(0, flagged.length)).to.deep.equal([...flagged]);
    expect(data.drawnFlows[0]!.id).to.equal(data.report.findings[0]!.evidence[0]!.flowId);
    expect(data.drawnFlows).to.have.length(16);
  });

  it("names the frames of the evidence in the flow they are in", () => {
    const { evidence, packets } = data.drawnFlows[0]!;
    expect(evidence.map(({ role, frame }) => [role, frame])).to.deep.equal(
      data.report.findings[0]!.evidence.map(({ role, frame }) => [role, frame]),
    );
    for (const { frame } of evidence) expect(packets.frame).to.include(frame);
  });

  it("brings the page of each rule that found something", () => {
    expect(data.rulePages.map(({ id }) => id)).to.deep.equal(["syn-ack-after-data"]);
  });

  it("knows that the rate lacks flows when only flagged ones were kept", async () => {
    const { recordings } = await readPageData({ ...WATCHED, timeline: "flagged" });
    expect(data.recordings[0]!.rate.segmentsTotal).to.equal(196);
    expect(recordings[0]!.rate.segmentsTotal).to.equal(196);
    // The three flagged flows have 22 segments each.
    expect(sum(recordings[0]!.rate.segments!)).to.equal(66);
  });

  it("has flows without packets when timelines were not kept", async () => {
    const { drawnFlows, recordings } = await readPageData({ ...WATCHED, timeline: "none" });
    expect(recordings[0]!.rate.segments).to.equal(null);
    expect(sum(recordings[0]!.rate.retransmissions)).to.equal(27);
    expect(drawnFlows[0]!.packets.frame).to.deep.equal([]);
  });
});
