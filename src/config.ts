import { readFileSync } from "node:fs";
import { CheckedJson } from "./checked-json/checked-json.js";
import { SEVERITIES } from "./engine/finding.js";
import type { Rule } from "./engine/rule.js";
import { activateRules, type RuleSetting } from "./engine/rule-settings.js";
import { AnalyzeError } from "./errors.js";

/** What is read when it is there and no other file was named. */
export const DEFAULT_CONFIG_PATH = "tcptrace.config.json";

export const FAIL_ON = [...SEVERITIES, "never"] as const;
/** Least severity of a finding that makes the exit code 1. */
export type FailOn = (typeof FAIL_ON)[number];

export const TIMELINES = ["all", "flagged", "none"] as const;
/** Whose packets are kept: every flow's, those with a finding, nobody's. */
export type Timeline = (typeof TIMELINES)[number];

/** A configuration file, checked; what it leaves out is undefined. docs/config.md describes it. */
export interface Config {
  readonly failOn?: FailOn;
  readonly timeline?: Timeline;
  readonly db?: string;
  /** Reports to write, as `FORMAT=FILE`. */
  readonly report?: readonly string[];
  /** Path of the findings that are accepted. */
  readonly baseline?: string;
  readonly rules: Readonly<Record<string, RuleSetting>>;
}

const RULE_SEVERITIES = ["off", ...SEVERITIES] as const;

/**
 * Reads and checks the file at `path`, or the default one when `path` is undefined and it exists.
 * @throws AnalyzeError CONFIG_INVALID that names the file, the place in it and what is allowed there
 */
export function readConfig(path: string | undefined, rules: readonly Rule[]): Config {
  const file = path ?? DEFAULT_CONFIG_PATH;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code === "ENOENT" && path === undefined) return { rules: {} };
    const reason = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
    throw new AnalyzeError("CONFIG_INVALID", `The configuration file ${file} ${reason}.`, { cause: error });
  }
  return parseConfig(text, file, rules);
}

/** Checks the text of a configuration file; `file` is for the messages. Throws as readConfig. */
export function parseConfig(text: string, file: string, rules: readonly Rule[]): Config {
  return new ConfigChecker(file, rules).check(text);
}

/** Checks one file; whatever is wrong becomes an error that begins with its name. */
class ConfigChecker {
  readonly #rules: readonly Rule[];
  readonly #json: CheckedJson;

  constructor(file: string, rules: readonly Rule[]) {
    this.#rules = rules;
    this.#json = new CheckedJson("CONFIG_INVALID", `The configuration file ${file}`);
  }

  check(text: string): Config {
    const json = this.#json;
    const content = json.object(json.parse(text), "the whole file");
    json.allow(content, ["$schema", "failOn", "timeline", "db", "report", "baseline", "rules"], "");
    const { $schema: schema, failOn, timeline, db, report, baseline, rules } = content;
    if (schema !== undefined) json.text(schema, "$schema");
    return {
      ...(failOn === undefined ? {} : { failOn: json.oneOf(failOn, FAIL_ON, "failOn") }),
      ...(timeline === undefined ? {} : { timeline: json.oneOf(timeline, TIMELINES, "timeline") }),
      ...(db === undefined ? {} : { db: json.text(db, "db") }),
      ...(report === undefined
        ? {}
        : { report: json.array(report, "report", (item, key) => json.text(item, key)) }),
      ...(baseline === undefined ? {} : { baseline: json.text(baseline, "baseline") }),
      rules: rules === undefined ? {} : this.#ruleSettings(json.object(rules, "rules")),
    };
  }

  #ruleSettings(settings: Record<string, unknown>): Record<string, RuleSetting> {
    const ids = this.#rules.map(({ id }) => id);
    this.#json.allow(settings, ids, "rules.");
    const checked = Object.entries(settings).map(
      ([id, setting]) => [id, this.#ruleSetting(setting, `rules.${id}`)] as const,
    );
    const result = Object.fromEntries(checked);
    try {
      activateRules(this.#rules, result);
    } catch (error) {
      if (error instanceof AnalyzeError) this.#json.refuse(error.message);
      throw error;
    }
    return result;
  }

  #ruleSetting(value: unknown, key: string): RuleSetting {
    const json = this.#json;
    if (typeof value === "string") return { severity: json.oneOf(value, RULE_SEVERITIES, key) };
    const setting = json.object(value, key, `one of ${RULE_SEVERITIES.join(", ")} or an object`);
    json.allow(setting, ["severity", "options"], `${key}.`);
    const { severity, options } = setting;
    return {
      ...(severity === undefined
        ? {}
        : { severity: json.oneOf(severity, RULE_SEVERITIES, `${key}.severity`) }),
      ...(options === undefined ? {} : { options: this.#numbers(options, `${key}.options`) }),
    };
  }

  #numbers(value: unknown, key: string): Record<string, number> {
    const numbers = Object.entries(this.#json.object(value, key)).map(
      ([name, number]) => [name, this.#json.number(number, `${key}.${name}`)] as const,
    );
    return Object.fromEntries(numbers);
  }
}
