import { expect } from "chai";
import type { Confidence, Finding, Severity } from "../../src/engine/finding.js";
import { type CaptureFlaw, defineRule, type FlawOfMessage } from "../../src/engine/rule.js";
import { activateRules, type RuleSetting } from "../../src/engine/rule-settings.js";
import { weakenFindings } from "../../src/engine/weaken.js";
import { analyzeScript } from "../support/analyze-script.js";

const TEXTS = {
  summary: "",
  messages: { found: "" },
  why: "",
  remedy: "",
  evidence: {},
  references: [],
} as const;

const create = () => ({});

function flawed(id: string, kind: CaptureFlaw, reach: FlawOfMessage["reach"]) {
  const flaws = { found: { kind, reach, reason: `because of ${id}` } };
  return defineRule({ id, meta: { ...TEXTS, severity: "note", isAboutCapture: true, flaws }, create });
}

const rules = [
  flawed("lossy", "loss", "flows"),
  flawed("filtered", "filter", "capture"),
  flawed("stepped", "clock", "time"),
  defineRule({ id: "copied", meta: { ...TEXTS, severity: "note", isAboutCapture: true }, create }),
  defineRule({ id: "plain", meta: { ...TEXTS, severity: "error" }, create }),
  defineRule({ id: "sturdy", meta: { ...TEXTS, severity: "error", withstands: ["loss"] }, create }),
];

function finding(ruleId: string, flowIds: number[], confidence: Confidence = "strong"): Finding {
  return {
    ruleId,
    severity: ruleId === "plain" || ruleId === "sturdy" ? "error" : "note",
    messageId: "found",
    message: "",
    why: "",
    remedy: "",
    data: {},
    confidence,
    vantage: "unknown",
    alternatives: ["or something else"],
    subject: "",
    flowIds,
    evidence: [],
    startNs: 0,
    endNs: 0,
    fingerprint: "",
  };
}

function weakened(
  last: Finding,
  flaws: readonly Finding[],
  settings: Record<string, RuleSetting> = {},
): [Confidence, Severity, readonly string[]] {
  const all = weakenFindings([...flaws, last], activateRules(rules, settings));
  expect(all.length).to.equal(flaws.length + 1);
  const { confidence, severity, alternatives } = all.at(-1)!;
  return [confidence, severity, alternatives];
}

describe("flaws of a capture", () => {
  it("lower a finding's confidence by one step and join its alternatives", () => {
    const flaws = [finding("lossy", [1, 2])];
    const alternatives = ["or something else", "because of lossy"];
    expect(weakened(finding("plain", [1], "certain"), flaws)).to.deep.equal([
      "strong",
      "error",
      alternatives,
    ]);
  });

  it("make a warning of an error that becomes weak, unless the user chose its severity", () => {
    const flaws = [finding("lossy", [1])];
    expect(weakened(finding("plain", [1]), flaws).slice(0, 2)).to.deep.equal(["weak", "warning"]);
    const chosen = { plain: { severity: "error" } } as const;
    expect(weakened(finding("plain", [1]), flaws, chosen).slice(0, 2)).to.deep.equal(["weak", "error"]);
  });

  it("lower it by one step only, however many there are, and tell every reason", () => {
    const flaws = [finding("lossy", [1]), finding("filtered", [7])];
    const [confidence, , alternatives] = weakened(finding("plain", [1], "certain"), flaws);
    expect(confidence).to.equal("strong");
    expect(alternatives.slice(1)).to.deep.equal(["because of lossy", "because of filtered"]);
  });

  it("leave weak findings weak", () => {
    expect(weakened(finding("plain", [1], "weak"), [finding("lossy", [1])])[0]).to.equal("weak");
  });

  it("of flows reach findings of which at least half the flows are theirs", () => {
    const flaws = [finding("lossy", [1, 2])];
    expect(weakened(finding("plain", [1, 2, 3, 4]), flaws)[0]).to.equal("weak");
    expect(weakened(finding("plain", [1, 2, 3, 4, 5]), flaws)[0]).to.equal("strong");
    expect(weakened(finding("plain", [9]), flaws)[0]).to.equal("strong");
  });

  it("of the whole capture reach every finding", () => {
    expect(weakened(finding("plain", [9]), [finding("filtered", [1])])[0]).to.equal("weak");
  });

  it("of a part of the time reach what lies in it, whatever the flows", () => {
    const flaws = [{ ...finding("stepped", [1]), startNs: 10, endNs: 20 }];
    const at = (startNs: number, endNs: number) => ({ ...finding("plain", [9]), startNs, endNs });
    expect(weakened(at(0, 10), flaws)[0]).to.equal("weak");
    expect(weakened(at(20, 30), flaws)[0]).to.equal("weak");
    expect(weakened(at(0, 9), flaws)[0]).to.equal("strong");
    expect(weakened(at(21, 30), flaws)[0]).to.equal("strong");
  });

  it("do not reach rules that withstand them, nor rules about the capture itself", () => {
    expect(weakened(finding("sturdy", [1]), [finding("lossy", [1])])[0]).to.equal("strong");
    expect(weakened(finding("sturdy", [1]), [finding("filtered", [1])])[0]).to.equal("weak");
    expect(weakened(finding("copied", [1], "certain"), [finding("lossy", [1])])[0]).to.equal("certain");
  });

  it("must be declared: what a rule about the capture says otherwise changes nothing", () => {
    const all = weakened(finding("plain", [1]), [finding("copied", [1])]);
    expect(all).to.deep.equal(["strong", "error", ["or something else"]]);
  });
});

describe("a finding in a lossy capture", () => {
  /** A connection that hangs on loopback, where a hang is strongly an error, and then transfers an answer. */
  const hung = (answerFrom: number) => `
    connection 1 client 127.0.0.1:40000 server 127.0.0.1:8080
    0      -> S  0:0(0)
    +.0001 <- S. 0:0(0) ack 1
    +.0001 -> .  1:1(0) ack 1
    +.001  -> P. 1:6(5) ack 1
    +1.01  <- S. 0:0(0) ack 1
    +0     -> P. 1:6(5) ack 1
    +.0001 <- .  1:1(0) ack 6
    +.0001 <- P. ${answerFrom}:2001(${2001 - answerFrom}) ack 6
    +.0001 -> .  6:6(0) ack 2001`;

  it("is one step less sure, and says why", async () => {
    const { report } = await analyzeScript(hung(1001));
    const found = report.findings.map(({ ruleId, severity, confidence }) => [ruleId, severity, confidence]);
    expect(found).to.deep.equal([
      ["syn-ack-after-data", "warning", "weak"],
      ["capture-lossy", "note", "strong"],
    ]);
    expect(report.findings[0]?.alternatives.join()).to.include("capture-lossy");
    expect(report.captures[0]?.flaws).to.deep.equal(["capture-lossy"]);
  });

  it("is as sure as ever where nothing is missing, or nobody asks for the capture's quality", async () => {
    const whole = await analyzeScript(hung(1));
    expect(whole.report.findings.map(({ confidence }) => confidence)).to.deep.equal(["strong"]);
    const ruleSettings = { "capture-lossy": { severity: "off" } } as const;
    const unasked = await analyzeScript(hung(1001), { ruleSettings });
    expect(unasked.report.findings.map(({ severity }) => severity)).to.deep.equal(["error"]);
  });
});
