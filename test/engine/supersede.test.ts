import { expect } from "chai";
import type { Finding } from "../../src/engine/finding.js";
import { defineRule } from "../../src/engine/rule.js";
import { activateRules } from "../../src/engine/rule-settings.js";
import { supersedeFindings } from "../../src/engine/supersede.js";
import { analyzeScript } from "../support/analyze-script.js";

const lostCall = `
  connection 99 client 192.0.2.1:999 server 192.0.2.2:2049
  0 -> S 0:0(0)
  +.0001 <- S. 0:0(0) ack 1
  +.0001 -> . 1:1(0) ack 1
  +.0001 -> P. 1:101(100) ack 1 // rpc call 7 100003 3 1
  +.0001 <- . 1:1(0) ack 101
  +5 <- F. 1:1(0) ack 101
  +.0001 -> F. 101:101(0) ack 2
  +.0001 <- . 2:2(0) ack 102`;
const loop = (client: string) => `
  connection 1 client ${client}:700 server 192.0.2.2:2049
  repeat 60 every 0.03 {
    +0 -> S 0:0(0)
    +.0001 <- S. 0:0(0) ack 1
    +.0001 -> . 1:1(0) ack 1
    +.0001 -> F. 1:1(0) ack 1
    +.0001 <- F. 1:1(0) ack 2
    +.0001 -> . 2:2(0) ack 2
  }`;
const ruleIds = async (packets: string) =>
  (await analyzeScript(packets)).report.findings.map(({ ruleId }) => ruleId);

describe("findings about one client and listener", () => {
  it("are one when one rule's explain another's", async () => {
    expect(await ruleIds(lostCall + loop("192.0.2.1"))).to.deep.equal(["connect-teardown-loop"]);
  });

  it("stay apart when the clients are others", async () => {
    expect(await ruleIds(lostCall + loop("192.0.2.9"))).to.deep.equal([
      "connect-teardown-loop",
      "rpc-call-unanswered",
    ]);
  });
});

const TEXTS = {
  summary: "",
  severity: "error",
  messages: { found: "" },
  why: "",
  remedy: "",
  evidence: {},
  references: [],
} as const;
const create = () => ({});
const rules = [
  defineRule({
    id: "cause",
    meta: { ...TEXTS, supersedes: ["reset", "rival"], supersedesAtListener: ["refused"] },
    create,
  }),
  defineRule({ id: "rival", meta: { ...TEXTS, supersedes: ["cause"] }, create }),
  defineRule({ id: "reset", meta: TEXTS, create }),
  defineRule({ id: "refused", meta: TEXTS, create }),
];

function finding(ruleId: string, flowIds: number[], more: Partial<Finding> = {}): Finding {
  return {
    ruleId,
    severity: "error",
    messageId: "found",
    message: "",
    why: "",
    remedy: "",
    data: {},
    confidence: "strong",
    vantage: "unknown",
    alternatives: [],
    subject: "",
    flowIds,
    evidence: [],
    startNs: 0,
    endNs: 1e9,
    fingerprint: "",
    ...more,
  };
}

const left = (...findings: Finding[]) =>
  supersedeFindings(findings, activateRules(rules)).map(({ ruleId }) => ruleId);

describe("findings about the same flows", () => {
  it("are one when one rule explains the other, whichever was found first", () => {
    expect(left(finding("reset", [2]), finding("cause", [1, 2]))).to.deep.equal(["cause"]);
  });

  it("stay apart when the consequence has a flow that the cause has not", () => {
    expect(left(finding("cause", [1, 2]), finding("reset", [2, 3]))).to.deep.equal(["cause", "reset"]);
  });

  it("stay apart when no timer of TCP lies between them", () => {
    const later = finding("reset", [1], { startNs: 122e9, endNs: 123e9 });
    expect(left(finding("cause", [1]), later)).to.deep.equal(["cause", "reset"]);
    const sooner = finding("reset", [1], { startNs: 120e9, endNs: 123e9 });
    expect(left(finding("cause", [1]), sooner)).to.deep.equal(["cause"]);
  });

  it("stay apart when the cause is less sure", () => {
    expect(left(finding("cause", [1], { confidence: "weak" }), finding("reset", [1]))).to.deep.equal([
      "cause",
      "reset",
    ]);
  });

  it("leave one when two explain each other: the surer, else that of the first rule", () => {
    expect(left(finding("rival", [1]), finding("cause", [1]))).to.deep.equal(["cause"]);
    expect(left(finding("rival", [1], { confidence: "certain" }), finding("cause", [1]))).to.deep.equal([
      "rival",
    ]);
  });

  it("stay apart when neither names a client and a listener, though both name none", () => {
    expect(left(finding("cause", [1]), finding("reset", [2]))).to.deep.equal(["cause", "reset"]);
  });
});

describe("findings about the same listener", () => {
  const data = { listener: "192.0.2.2:80" };

  it("are one when the rule says that the listener suffices", () => {
    expect(left(finding("cause", [1], { data }), finding("refused", [2], { data }))).to.deep.equal(["cause"]);
    expect(left(finding("cause", [1], { data }), finding("reset", [2], { data }))).to.deep.equal([
      "cause",
      "reset",
    ]);
  });
});
