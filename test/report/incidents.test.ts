import { expect } from "chai";
import fc from "fast-check";
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

  it("are those that comparing every two, again and again, puts together", () => {
    const finding = fc.record({
      data: fc.constantFrom({}, { listener: "a:80" }, { listener: "b:80" }),
      startNs: fc.constantFrom(0, 50e9, 120e9, 200e9),
      endNs: fc.constantFrom(0, 50e9, 120e9, 200e9),
      flowIds: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 2 }),
      source: fc.constantFrom("a.pcap", "b.pcap"),
    });
    const findings = fc.array(finding, { maxLength: 9 }).map((drawn) =>
      drawn.map(({ startNs, endNs, ...each }, index) =>
        sampleFinding({
          ...each,
          id: index + 1,
          startNs: Math.min(startNs, endNs),
          endNs: Math.max(startNs, endNs),
        }),
      ),
    );
    fc.assert(
      fc.property(findings, (drawn) => {
        const groups = drawn.map((each) => new Set([each]));
        for (const a of drawn) {
          for (const b of drawn) {
            if (!isAkin(a, b)) continue;
            const [one, other] = [a, b].map((each) => groups.findIndex((group) => group.has(each)));
            if (one === other) continue;
            for (const each of groups[other!]!) groups[one!]!.add(each);
            groups.splice(other!, 1);
          }
        }
        const expected = groups.map((group) => [...group].map(({ id }) => id).sort((a, b) => a - b));
        const found = groupIncidents(drawn).map((group) => group.map(({ id }) => id));
        expect(found).to.deep.equal(expected.sort(([a], [b]) => a! - b!));
      }),
      { numRuns: 500 },
    );
  });

  it("are found among many thousands", () => {
    const many = Array.from({ length: 60_000 }, (_, at) => listener(`host-${at % 30_000}:80`, 0));
    expect(grouped(...many)).to.have.length(30_000);
  });
});

/** The definition: about one listener within a minute, or about different ones and with a connection in common. */
function isAkin(a: ReportedFinding, b: ReportedFinding): boolean {
  if (a.source !== b.source) return false;
  if (a.data["listener"] !== undefined && a.data["listener"] === b.data["listener"])
    return Math.max(a.startNs, b.startNs) - Math.min(a.endNs, b.endNs) <= 60e9;
  return b.flowIds.some((flowId) => a.flowIds.includes(flowId));
}
