import { expect } from "chai";
import { groupIncidents } from "../../src/report/incidents.js";
import type { ReportedFinding } from "../../src/report/report.js";
import { sampleFinding } from "../support/sample-report.js";

/** The findings' numbers, those of an incident together. */
const grouped = (...findings: Partial<ReportedFinding>[]): number[][] =>
  groupIncidents(
    findings.map((each, index) => sampleFinding({ id: index + 1, flowIds: [index], ...each })),
  ).map((group) => group.map(({ id }) => id));
const listener = (name: string, seconds: number): Partial<ReportedFinding> => ({
  data: { listener: name },
  startNs: seconds * 1e9,
  endNs: seconds * 1e9 + 1e9,
});

describe("findings of one incident", () => {
  it("are those about one listener at about one time", () => {
    expect(
      grouped(listener("a:80", 0), listener("b:80", 0), listener("a:80", 61), listener("a:80", 900)),
    ).to.deep.equal([[1, 3], [2], [4]]);
  });

  it("are those that share a connection, and stand where the worst of them stood", () => {
    expect(grouped({ flowIds: [1, 2] }, { flowIds: [3] }, { flowIds: [2, 9] })).to.deep.equal([[1, 3], [2]]);
  });

  it("are joined by one that belongs to both sides", () => {
    expect(grouped({ flowIds: [1] }, { flowIds: [2] }, { flowIds: [1, 2] })).to.deep.equal([[1, 2, 3]]);
  });

  it("are never of two captures, nor about a capture", () => {
    expect(
      grouped(
        { flowIds: [1] },
        { flowIds: [1], source: "other.pcap" },
        { flowIds: [1], ruleId: "capture-lossy" },
      ),
    ).to.deep.equal([[1], [2], [3]]);
  });
});
