import { AnalyzeError } from "../errors.js";
import type { Severity } from "./finding.js";
import type { Rule } from "./rule.js";

/** What a user may set for one rule. */
export interface RuleSetting {
  readonly severity?: Severity | "off";
  readonly options?: Readonly<Record<string, number>>;
}

/** A rule that is on, with its settings resolved. */
export interface ActiveRule {
  readonly rule: Rule;
  readonly severity: Severity;
  /** The user chose the severity: it holds for weak findings, too. */
  readonly isSeverityChosen: boolean;
  readonly options: Readonly<Record<string, number>>;
}

/**
 * The rules that are on, in their order, with severity and options resolved. Throws AnalyzeError RULE_UNKNOWN or
 * RULE_OPTION_INVALID for what the user set wrongly.
 */
export function activateRules(
  rules: readonly Rule[],
  settings: Readonly<Record<string, RuleSetting>> = {},
): ActiveRule[] {
  for (const id of Object.keys(settings)) {
    if (!rules.some((rule) => rule.id === id)) {
      throw new AnalyzeError(
        "RULE_UNKNOWN",
        `There is no rule "${id}"; "tcptrace-analyze rules" lists them.`,
      );
    }
  }
  const active: ActiveRule[] = [];
  for (const rule of rules) {
    const setting = settings[rule.id];
    if (setting?.severity === "off") continue;
    active.push({
      rule,
      severity: setting?.severity ?? rule.meta.severity,
      isSeverityChosen: setting?.severity !== undefined,
      options: resolveOptions(rule, setting?.options ?? {}),
    });
  }
  return active;
}

function resolveOptions(rule: Rule, given: Readonly<Record<string, number>>): Record<string, number> {
  const known = rule.meta.options ?? {};
  const options: Record<string, number> = {};
  for (const [name, option] of Object.entries(known)) options[name] = option.default;
  for (const [name, value] of Object.entries(given)) {
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (option === undefined) {
      const names = Object.keys(known);
      throw new AnalyzeError(
        "RULE_OPTION_INVALID",
        `Rule ${rule.id} has no option "${name}"${names.length > 0 ? `; it has ${names.join(", ")}` : ""}.`,
      );
    }
    if (!Number.isFinite(value) || value < option.minimum) {
      throw new AnalyzeError(
        "RULE_OPTION_INVALID",
        `Option ${name} of rule ${rule.id} must be a number of at least ${option.minimum}.`,
      );
    }
    options[name] = value;
  }
  return options;
}
