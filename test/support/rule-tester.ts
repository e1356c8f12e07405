import { expect } from "chai";
import type { Confidence, Severity, Vantage } from "../../src/engine/finding.js";
import type { Rule } from "../../src/engine/rule.js";
import { rules } from "../../src/rules/index.js";
import { type AnalyzedScript, analyzeScript } from "./analyze-script.js";

/** Packets with a name. */
export interface ValidCase {
  readonly name: string;
  /** A script in packet notation. */
  readonly packets: string;
  /** Where IPv6 addresses are written out, or IPv4 ones that mean something (127.0.0.1). */
  readonly ipVersion?: 4 | 6;
  /** What `ip -ts monitor route` printed meanwhile, see analyzeScript. */
  readonly routeLog?: string;
}

/** Packets that the rule must say nothing about, and other rules nothing beyond a note. */
export interface AcceptedCase extends ValidCase {
  /** Other rules that rightly do. */
  readonly others?: readonly string[];
}

/** Packets that the rule must report, and everything that it must report of them. */
export interface InvalidCase extends ValidCase {
  readonly findings: readonly ExpectedFinding[];
}

export interface ExpectedFinding {
  readonly messageId: string;
  /** Label of the packet in each evidence role. */
  readonly evidence: Readonly<Record<string, string>>;
  /** Values that the finding's data must have, among others. */
  readonly data?: Readonly<Record<string, string | number>>;
  /** How many flows it lists; default 1. */
  readonly flows?: number;
  readonly confidence?: Confidence;
  /** Default: the rule's own. */
  readonly severity?: Severity;
  readonly vantage?: Vantage;
}

/** In the middle of the sequence space, and so that it wraps within the first packets of either side. */
const ISNS = [
  { clientIsn: 1_000_000, serverIsn: 2_500_000_000 },
  { clientIsn: 0xfffffffe, serverIsn: 0xffffffff },
];
const BATCH_SIZES = [1, 2, 3, 4096];

interface Variant extends AnalyzedScript {
  readonly label: string;
}

/**
 * Runs every case at two pairs of ISNs, over IPv4 and IPv6, at batch sizes 1, 2, 3 and 4096, and asks besides: does
 * each message and evidence role occur, does nothing but what is listed get reported, and do the valid cases keep
 * every other rule silent too. Notes of other rules are not asked about: they explain, they accuse nobody. Messages
 * that no packets in notation can draw are `testedApart`.
 */
export function testRule(
  rule: Rule,
  cases: {
    readonly valid: readonly AcceptedCase[];
    readonly invalid: readonly InvalidCase[];
    readonly testedApart?: readonly string[];
  },
): void {
  describe(`rule ${rule.id}`, () => {
    for (const each of cases.valid) {
      it(`accepts: ${each.name}`, async () => {
        for await (const { label, report } of variants(each, rules)) {
          const loud = report.findings.filter(
            ({ severity, ruleId }) =>
              ruleId === rule.id || (severity !== "note" && each.others?.includes(ruleId) !== true),
          );
          expect(
            loud.map(({ message }) => message),
            label,
          ).to.deep.equal([]);
        }
      });
    }
    const seen = new Set<string>(cases.testedApart?.map((id) => `message ${id}`));
    for (const each of cases.invalid) {
      it(`flags: ${each.name}`, async () => {
        for await (const variant of variants(each, [rule])) expectFindings(rule, each.findings, variant);
        for (const { messageId, evidence } of each.findings) {
          seen.add(`message ${messageId}`);
          for (const role of Object.keys(evidence)) seen.add(`evidence ${role}`);
        }
      });
    }
    it("has a case for every message and every role of evidence", () => {
      const all = [
        ...Object.keys(rule.meta.messages).map((id) => `message ${id}`),
        ...Object.keys(rule.meta.evidence).map((role) => `evidence ${role}`),
      ];
      expect([...seen]).to.have.members(all);
    });
  });
}

function expectFindings(
  rule: Rule,
  expected: readonly ExpectedFinding[],
  { label, report, labels }: Variant,
): void {
  expect(
    report.findings.map(({ messageId }) => messageId),
    label,
  ).to.deep.equal(expected.map(({ messageId }) => messageId));
  for (const [index, want] of expected.entries()) {
    const finding = report.findings[index]!;
    const frames = Object.fromEntries(finding.evidence.map(({ role, frame }) => [role, frame]));
    const wanted = Object.fromEntries(
      Object.entries(want.evidence).map(([role, name]) => {
        if (!labels.has(name)) throw new Error(`no packet is labelled @${name}`);
        return [role, labels.get(name)];
      }),
    );
    expect(frames, label).to.deep.equal(wanted);
    expect(finding.data, label).to.include(want.data ?? {});
    expect(finding.flowIds.length, label).to.equal(want.flows ?? 1);
    expect(finding.severity, label).to.equal(want.severity ?? rule.meta.severity);
    if (want.confidence !== undefined) expect(finding.confidence, label).to.equal(want.confidence);
    if (want.vantage !== undefined) expect(finding.vantage, label).to.equal(want.vantage);
    for (const text of [finding.message, finding.why, finding.remedy])
      expect(text, label).not.to.match(/\{\{|undefined|NaN/);
  }
}

async function* variants(testCase: ValidCase, active: readonly Rule[]): AsyncGenerator<Variant> {
  const versions = testCase.ipVersion === undefined ? ([4, 6] as const) : [testCase.ipVersion];
  for (const [isnIndex, isns] of ISNS.entries()) {
    for (const [versionIndex, ipVersion] of versions.entries()) {
      // Half of the sizes for each ISN and version, all of them for both: twice as fast as every combination.
      const sizes = BATCH_SIZES.filter((_, index) => (index + isnIndex + versionIndex) % 2 === 0);
      for (const batchFrames of sizes) {
        const options = { rules: active, batchFrames, routeLog: testCase.routeLog };
        const analyzed = await analyzeScript(testCase.packets, options, { ...isns, ipVersion });
        yield {
          label: `client ISN ${isns.clientIsn}, IPv${ipVersion}, batches of ${batchFrames}`,
          ...analyzed,
        };
      }
    }
  }
}
