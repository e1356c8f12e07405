import { AnalyzeError } from "../errors.js";
import { formatRule, formatRuleList } from "../report/rule-list.js";
import { rules } from "../rules/index.js";
import { EXIT_CLEAN } from "./exit-code.js";
import { Output, textWidth } from "./output.js";

/** Prints the rule list, or all that one rule says about itself; returns the exit code. */
export async function runRules(id: string | undefined): Promise<number> {
  const width = textWidth(process.stdout);
  await new Output(process.stdout).write([
    id === undefined ? formatRuleList(rules, width) : formatRule(ruleOf(id), width),
  ]);
  return EXIT_CLEAN;
}

function ruleOf(id: string) {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule !== undefined) return rule;
  throw new AnalyzeError("RULE_UNKNOWN", `There is no rule "${id}"; "tcptrace-analyze rules" lists them.`);
}
