import { expect } from "chai";
import { defineRule } from "../../src/engine/rule.js";
import { formatRule, formatRuleList } from "../../src/report/rule-list.js";
import { rules } from "../../src/rules/index.js";

const rule = defineRule({
  id: "some-rule",
  meta: {
    summary: "Something happens.",
    severity: "warning",
    messages: { once: "It happened {{count}} times." },
    why: "It matters.",
    remedy: "Mend it with `sysctl -w net.x=1`.",
    evidence: { syn: "the first SYN" },
    references: ["RFC 9293, section 3.5"],
    options: { minCount: { default: 3, minimum: 1, description: "least count" } },
  },
  create: () => ({}),
});

describe("the rule list", () => {
  it("gives each rule's id, severity, summary and options", () => {
    expect(
      formatRuleList([rule, { ...rule, id: "other-rule", meta: { ...rule.meta, options: {} } }], 80),
    ).to.equal(
      "some-rule  (warning)\n  Something happens.\n  options: minCount=3\n\nother-rule  (warning)\n  Something happens.\n",
    );
  });

  it("fits into 80 columns for every rule there is", () => {
    const texts = [formatRuleList(rules, 80), ...rules.map((each) => formatRule(each, 80))];
    for (const line of texts.join("").split("\n")) expect(line.length, line).to.be.at.most(80);
  });
});

describe("a rule explained", () => {
  it("tells all that it says, needs and takes", () => {
    expect(formatRule(rule, 80)).to.equal(`some-rule  (warning)
  Something happens.

Says
  It happened {{count}} times.

Why it matters
  It matters.

Evidence
  syn: the first SYN

What to do
  Mend it with \`sysctl -w net.x=1\`.

Options (--option some-rule.NAME=NUMBER)
  minCount: least count; default 3, at least 1

References
  RFC 9293, section 3.5
`);
  });

  it("tells what single messages say of why and what to do", () => {
    const messageTexts = { once: { why: "It was once.", remedy: "Wait." } };
    const text = formatRule({ ...rule, meta: { ...rule.meta, messageTexts } }, 80);
    expect(text).to.include("\nWhy it matters\n  It matters.\n  once: It was once.\n");
    expect(text).to.include("\nWhat to do\n  Mend it with `sysctl -w net.x=1`.\n  once: Wait.\n");
  });
});
