import { expect } from "chai";
import type { Finding } from "../../src/engine/finding.js";
import { KnownFindings, type Memory } from "../../src/live/known-findings.js";

function finding(changes: Partial<Finding> = {}): Finding {
  return {
    ruleId: "syn-ack-after-data",
    severity: "warning",
    messageId: "repeated",
    message: "1 of 3 connections hung.",
    why: "",
    remedy: "",
    data: {},
    confidence: "weak",
    vantage: "unknown",
    alternatives: [],
    subject: "10.0.0.2:80",
    flowIds: [7],
    evidence: [],
    startNs: 1000,
    endNs: 2000,
    fingerprint: "0123456789abcdef",
    ...changes,
  };
}

const MEMORY: Memory = { covers: () => true, serverFlowsOf: () => 3, horizonNs: 0 };

describe("KnownFindings", () => {
  it("announces a finding once, however often it is found", () => {
    const known = new KnownFindings();
    expect(known.update([finding()], MEMORY).announced).to.have.length(1);
    expect(known.update([finding()], MEMORY)).to.deep.equal({ rows: [], announced: [], withdrawn: [] });
  });

  it("stores a finding that grows again, without announcing it", () => {
    const known = new KnownFindings();
    known.update([finding()], MEMORY);
    const { rows, announced } = known.update([finding({ endNs: 3000, flowIds: [7, 9] })], MEMORY);
    expect(rows.map(({ id, endNs }) => ({ id, endNs }))).to.deep.equal([{ id: 1, endNs: 3000 }]);
    expect(announced).to.be.empty;
  });

  for (const rise of [{ confidence: "certain" }, { severity: "error" }] as const)
    it(`announces it again with ${JSON.stringify(rise)}, but not when that falls and rises again`, () => {
      const known = new KnownFindings();
      known.update([finding()], MEMORY);
      expect(known.update([finding(rise)], MEMORY).announced[0]?.news).to.equal("risen");
      expect(known.update([finding()], MEMORY).announced).to.be.empty;
      expect(known.update([finding(rise)], MEMORY).announced).to.be.empty;
    });

  it("withdraws a finding that its own flows disprove", () => {
    const known = new KnownFindings();
    known.update([finding()], MEMORY);
    expect(known.update([], MEMORY).withdrawn).to.deep.equal([1]);
    expect(known.all).to.be.empty;
  });

  it("keeps a finding whose flows are forgotten, and its beginning", () => {
    const known = new KnownFindings();
    known.update([finding()], MEMORY);
    expect(known.update([], { ...MEMORY, covers: () => false }).withdrawn).to.be.empty;
    const [row] = known.update([finding({ startNs: 5000, endNs: 6000, flowIds: [99] })], MEMORY).rows;
    expect(row).to.include({ id: 1, startNs: 1000, endNs: 6000 });
  });

  it("keeps what the kernel confirmed when its word of that time is forgotten", () => {
    const known = new KnownFindings();
    known.update([finding({ confidence: "certain" })], MEMORY);
    known.update([finding({ confidence: "weak" })], { ...MEMORY, horizonNs: 1500 });
    expect(known.all[0]?.finding.confidence).to.equal("certain");
  });

  it("tells two findings of one look with the same fingerprint apart", () => {
    const known = new KnownFindings();
    const { rows } = known.update([finding(), finding({ message: "Another." })], MEMORY);
    expect(rows.map(({ id }) => id)).to.deep.equal([1, 2]);
  });
});
