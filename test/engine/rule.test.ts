import { expect } from "chai";
import { defineRule, type RuleContext } from "../../src/engine/rule.js";

const meta = {
  summary: "",
  severity: "error",
  messages: { known: "" },
  why: "",
  remedy: "",
  evidence: { synack: "", data: "" },
  references: [],
} as const;
const segment = { flowId: 1, frame: 1, timeNs: 0 };
const rest = {
  data: {},
  subject: "",
  flowIds: [1],
  confidence: "strong",
  vantage: "unknown",
  startNs: 0,
  endNs: 0,
} as const;

/** Never called: the compiler is what is tested. An error that it no longer finds makes `tsc` fail. */
function misuse(context: RuleContext<"known", "synack" | "data">): void {
  const evidence = { synack: segment, data: segment };
  context.report({ ...rest, messageId: "known", evidence });
  // @ts-expect-error: the rule has no such message
  context.report({ ...rest, messageId: "unknown", evidence });
  // @ts-expect-error: a role is missing
  context.report({ ...rest, messageId: "known", evidence: { synack: segment } });
  // @ts-expect-error: the rule has no such role
  context.report({ ...rest, messageId: "known", evidence: { ...evidence, ack: segment } });
  // @ts-expect-error: these are not the numbers that were asked for
  context.perFlow("seen").of(Object.create(null)).heard = 1;
}

describe("a rule", () => {
  it("cannot be compiled with messages or evidence roles that it does not declare", () => {
    expect(misuse).to.be.a("function");
    defineRule({
      id: "inferred",
      meta,
      create(context) {
        const evidence = { synack: segment, data: segment };
        return {
          flowEnd() {
            context.report({ ...rest, messageId: "known", evidence });
            // @ts-expect-error: the names come from the rule's own meta
            context.report({ ...rest, messageId: "unknown", evidence });
          },
        };
      },
    });
  });

  it("cannot be compiled with both hooks and SQL", () => {
    // @ts-expect-error: one or the other
    const both = defineRule({ id: "both", meta, create: () => ({}), sql: "SELECT 1" });
    expect(both.id).to.equal("both");
  });
});
