import { expect } from "chai";
import { defineRule } from "../../src/engine/rule.js";
import { activateRules, type RuleSetting } from "../../src/engine/rule-settings.js";
import { AnalyzeError } from "../../src/errors.js";

const meta = {
  summary: "",
  severity: "error",
  messages: {},
  why: "",
  remedy: "",
  evidence: {},
  references: [],
} as const;
const patient = defineRule({
  id: "patient",
  meta: { ...meta, options: { waitMs: { default: 100, minimum: 1, description: "" } } },
  create: () => ({}),
});
const plain = defineRule({ id: "plain", meta, create: () => ({}) });

const activate = (settings: Record<string, RuleSetting>) => activateRules([patient, plain], settings);

describe("rule settings", () => {
  it("leave the rules' own severity and options where nothing is set", () => {
    expect(activate({}).map(({ rule, severity, options }) => [rule.id, severity, options])).to.deep.equal([
      ["patient", "error", { waitMs: 100 }],
      ["plain", "error", {}],
    ]);
  });

  it("change severity and options of one rule", () => {
    const [first, second] = activate({ patient: { severity: "note", options: { waitMs: 5 } } });
    expect(first).to.include({ severity: "note" }).and.to.have.deep.property("options", { waitMs: 5 });
    expect(second).to.include({ severity: "error" });
  });

  it("turn a rule off", () => {
    expect(activate({ patient: { severity: "off" } }).map(({ rule }) => rule.id)).to.deep.equal(["plain"]);
  });

  const mistakes: [what: string, settings: Record<string, RuleSetting>, code: string, reason: RegExp][] = [
    ["a rule that does not exist", { impatient: {} }, "RULE_UNKNOWN", /no rule "impatient"/],
    [
      "an option that does not exist",
      { patient: { options: { wait: 1 } } },
      "RULE_OPTION_INVALID",
      /no option "wait"; it has waitMs\.$/,
    ],
    [
      "an option of a rule that has none",
      { plain: { options: { wait: 1 } } },
      "RULE_OPTION_INVALID",
      /no option "wait"\.$/,
    ],
    [
      "the name of something every object has",
      { patient: { options: { toString: 1 } } },
      "RULE_OPTION_INVALID",
      /no option "toString"/,
    ],
    [
      "a value below the least",
      { patient: { options: { waitMs: 0 } } },
      "RULE_OPTION_INVALID",
      /at least 1\.$/,
    ],
    [
      "a value that is no number",
      { patient: { options: { waitMs: Number.NaN } } },
      "RULE_OPTION_INVALID",
      /number/,
    ],
    [
      "an endless value",
      { patient: { options: { waitMs: Number.POSITIVE_INFINITY } } },
      "RULE_OPTION_INVALID",
      /number/,
    ],
  ];
  for (const [what, settings, code, reason] of mistakes) {
    it(`refuse ${what} in one sentence`, () => {
      expect(() => activate(settings))
        .to.throw(AnalyzeError, reason)
        .with.property("code", code);
    });
  }
});
