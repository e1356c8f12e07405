import { expect } from "chai";
import { defineRule, type Observer, type RuleHooks } from "../../src/engine/rule.js";
import { analyzeScript } from "../support/analyze-script.js";

interface SynCount extends RuleHooks {
  total: number;
}

const meta = {
  summary: "Counts.",
  severity: "note",
  messages: { counted: "{{syns}} SYNs" },
  why: "",
  remedy: "",
  evidence: {},
  references: [],
} as const;

describe("what rules observe together", () => {
  it("is watched once, before the rules themselves are asked", async () => {
    const observeSyns: Observer<SynCount> = (perFlow) => {
      const numbers = perFlow("syns");
      const observed: SynCount = {
        total: 0,
        syn: (_segment, flow) => {
          numbers.of(flow).syns++;
        },
        flowEnd: (flow) => {
          observed.total += numbers.of(flow).syns;
        },
      };
      return observed;
    };
    const counting = (id: string) =>
      defineRule({
        id,
        meta,
        create(context) {
          const observed = context.observe(observeSyns);
          return {
            flowEnd(flow) {
              const { id: flowId, startNs, endNs } = flow;
              const span = { subject: "", flowIds: [flowId], startNs, endNs };
              const sure = { confidence: "certain", vantage: "unknown" } as const;
              context.report({
                messageId: "counted",
                data: { syns: observed.total },
                evidence: {},
                ...span,
                ...sure,
              });
            },
          };
        },
      });
    const { report } = await analyzeScript("0 -> S 0:0(0)\n+1 -> S 0:0(0)", {
      rules: [counting("one"), counting("other")],
    });
    expect(report.findings.map(({ ruleId, message }) => `${ruleId}: ${message}`)).to.deep.equal([
      "one: 2 SYNs",
      "other: 2 SYNs",
    ]);
  });
});
