import { SEVERITIES } from "../engine/finding.js";
import type { RuleSetting } from "../engine/rule-settings.js";
import { AnalyzeError } from "../errors.js";

const RULE_SEVERITIES = ["off", ...SEVERITIES] as const;

/** What the command line says about rules, in the order it was said. */
export interface RuleArguments {
  /** `ID=off|note|warning|error`. */
  readonly rule?: readonly string[];
  /** `RULE.NAME=NUMBER`. */
  readonly option?: readonly string[];
}

/**
 * The configuration file's settings with the command line's over them; the last word counts. Throws AnalyzeError
 * USAGE for an argument of the wrong form; whether rules and options exist is checked where they are used.
 */
export function mergeRuleArguments(
  settings: Readonly<Record<string, RuleSetting>>,
  { rule = [], option = [] }: RuleArguments,
): Record<string, RuleSetting> {
  const merged = new Map(Object.entries(settings));
  for (const argument of rule) {
    const [id, word] = splitAtEquals(argument);
    const severity = RULE_SEVERITIES.find((candidate) => candidate === word);
    if (id === "" || severity === undefined) {
      throw new AnalyzeError(
        "USAGE",
        `--rule takes ID=off, ID=note, ID=warning or ID=error, not "${argument}".`,
      );
    }
    merged.set(id, { ...merged.get(id), severity });
  }
  for (const argument of option) {
    const [path, number] = splitAtEquals(argument);
    const dot = path.lastIndexOf(".");
    if (dot < 1 || number.trim() === "" || !Number.isFinite(Number(number))) {
      throw new AnalyzeError("USAGE", `--option takes RULE.NAME=NUMBER, not "${argument}".`);
    }
    const id = path.slice(0, dot);
    const setting = merged.get(id);
    const options = new Map(Object.entries(setting?.options ?? {})).set(path.slice(dot + 1), Number(number));
    merged.set(id, { ...setting, options: Object.fromEntries(options) });
  }
  return Object.fromEntries(merged);
}

function splitAtEquals(argument: string): [before: string, after: string] {
  const at = argument.indexOf("=");
  return at < 0 ? [argument, ""] : [argument.slice(0, at), argument.slice(at + 1)];
}
