import { expect } from "chai";
import { defineRule, type Rule } from "../../src/engine/rule.js";
import { activateRules } from "../../src/engine/rule-settings.js";
import { runSqlRules } from "../../src/engine/sql-rules.js";

const rule = defineRule({
  id: "asking",
  meta: {
    summary: "",
    severity: "error",
    messages: { loop: "{{client}}, {{times}} times.", other: "" },
    why: "",
    remedy: "",
    evidence: { syn: "the SYN" },
    references: [],
    options: { minTimes: { default: 3, minimum: 1, description: "" } },
  },
  sql: "SELECT …",
  alternatives: ["Chance."],
});

/** A row as the rule's query would yield it. */
const row = (flowId: number, changes: Record<string, unknown> = {}) => ({
  subject: "a -> b",
  message_id: "loop",
  flow_id: flowId,
  confidence: "strong",
  vantage: "unknown",
  start_ns: 10,
  end_ns: 20,
  syn_frame: 100 + flowId,
  syn_ns: flowId,
  syn_flow_id: flowId,
  client: "a",
  times: 4,
  ...changes,
});

const RANGE = { firstFlow: 5, lastFlow: 9, firstRepeat: 2, lastRepeat: 4 };

function run(rows: readonly Record<string, unknown>[]) {
  return runSqlRules(activateRules([rule]), RANGE, () => rows);
}

describe("a rule in SQL", () => {
  it("makes one finding of the rows with one subject and message, told by the first of them", () => {
    const findings = run([row(1), row(2, { times: 99 }), row(3, { subject: "c -> b" })]);
    expect(findings.map(({ subject, flowIds }) => [subject, flowIds])).to.deep.equal([
      ["a -> b", [1, 2]],
      ["c -> b", [3]],
    ]);
    expect(findings[0]).to.include({ message: "a, 4 times.", startNs: 10, endNs: 20 });
    expect(findings[0]!.evidence).to.deep.equal([{ role: "syn", flowId: 1, frame: 101, timeNs: 1 }]);
    expect(findings[0]!.alternatives).to.deep.equal(["Chance."]);
  });

  it("keeps messages about one subject apart", () => {
    expect(run([row(1), row(2, { message_id: "other" })])).to.have.length(2);
  });

  it("is asked only where its `when` has a row, which rules with the same share", () => {
    const when = "SELECT 1 …";
    const askedWith = (answer: readonly Record<string, unknown>[]): string[] => {
      const asked: string[] = [];
      const conditional = (id: string): Rule => ({ id, meta: rule.meta, sql: "SELECT …", when });
      const rules = activateRules([conditional("one"), conditional("other")]);
      runSqlRules(rules, RANGE, (sql, parameters) => {
        asked.push(sql);
        if (sql === when) expect(parameters).to.deep.equal(RANGE);
        return sql === when ? answer : [];
      });
      return asked;
    };
    expect(askedWith([])).to.deep.equal([when]);
    expect(askedWith([{ 1: 1 }])).to.deep.equal([when, "SELECT …", "SELECT …"]);
  });

  it("is asked about the flows of one capture, with its options", () => {
    let parameters: unknown;
    runSqlRules(activateRules([rule]), RANGE, (_, given) => {
      parameters = given;
      return [];
    });
    expect(parameters).to.deep.equal({ ...RANGE, minTimes: 3 });
  });

  it("finds nothing without rows", () => {
    expect(run([])).to.deep.equal([]);
  });

  const mistakes: [what: string, changes: Record<string, unknown>, reason: string][] = [
    ["a subject", { subject: null }, 'a text in "subject"'],
    ["a number for its evidence", { syn_frame: null }, 'a number in "syn_frame"'],
    ["a confidence that exists", { confidence: "sure" }, 'one of certain, strong, weak in "confidence"'],
    ["a vantage that exists", { vantage: "above" }, 'in "vantage"'],
    ["a message that exists", { message_id: "none" }, 'no message "none"'],
  ];
  for (const [what, changes, reason] of mistakes) {
    it(`throws on a row without ${what}`, () => {
      expect(() => run([row(1, changes)])).to.throw(reason);
    });
  }
});
