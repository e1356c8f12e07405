import { expect } from "chai";
import type { Finding } from "../../src/engine/finding.js";
import { activateRules } from "../../src/engine/rule-settings.js";
import type { FlowRange } from "../../src/engine/sql-rules.js";
import { AskedFindings, type SqlRulesAsker } from "../../src/live/asked-findings.js";
import { rules } from "../../src/rules/index.js";

const ACTIVE = activateRules(rules);
const MILLION = 1_000_000;

/** Who answers every question after so many milliseconds, as it says. */
function answering(spentMs: number, findings: readonly Finding[] = []) {
  const asked: (FlowRange & { isLast: boolean })[] = [];
  const asker: SqlRulesAsker = {
    ask: async (range, isLast) => {
      asked.push({ ...range, isLast });
      return { findings, spentMs };
    },
  };
  return { asked, asker };
}

function finding(changes: Partial<Pick<Finding, "ruleId" | "flowIds">>): Pick<Finding, "ruleId" | "flowIds"> {
  return { ruleId: "reordering", flowIds: [], ...changes };
}

describe("the findings of rules that are queries, in a live capture,", () => {
  it("are about all flows so far", async () => {
    const { asked, asker } = answering(0);
    const flows = { firstId: 1, count: 7 };
    const findings = new AskedFindings(asker, ACTIVE, flows);
    await findings.ask();
    flows.count = 9;
    await findings.askLast();
    const repeats = { firstRepeat: 1, lastRepeat: Number.MAX_SAFE_INTEGER };
    expect(asked).to.deep.equal([
      { firstFlow: 1, lastFlow: 7, ...repeats, isLast: false },
      { firstFlow: 1, lastFlow: 9, ...repeats, isLast: true },
    ]);
  });

  it("are asked for again only after a pause that is longer the longer a question took", async () => {
    const { asked, asker } = answering(3_600_000);
    const findings = new AskedFindings(asker, ACTIVE, { firstId: 1, count: 7 });
    await findings.ask();
    await findings.ask();
    expect(asked).to.have.lengthOf(1);
    await findings.askLast();
    expect(asked).to.have.lengthOf(2);
  });

  it("are about the latest million of flows, and can be disproved as long as all of theirs are", async () => {
    const { asked, asker } = answering(0);
    const findings = new AskedFindings(asker, ACTIVE, { firstId: 1, count: MILLION + 5 });
    await findings.ask();
    expect(asked[0]).to.include({ firstFlow: 6, lastFlow: MILLION + 5 });
    expect(findings.covers(finding({ flowIds: [6, 900] }))).to.equal(true);
    expect(findings.covers(finding({ flowIds: [5, 900] }))).to.equal(false);
  });

  it("are told from those of rules that watch", () => {
    const findings = new AskedFindings(null, ACTIVE, { firstId: 1, count: 0 });
    expect(findings.isFrom(finding({ ruleId: "loss-rate-high" }))).to.equal(true);
    expect(findings.isFrom(finding({ ruleId: "syn-refused" }))).to.equal(false);
  });

  it("are none where no rule is a query", async () => {
    const findings = new AskedFindings(null, [], { firstId: 1, count: 7 });
    await findings.ask();
    await findings.askLast();
    expect(findings.findings).to.deep.equal([]);
  });
});
