import { readFileSync } from "node:fs";
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
  readonly #file: string;
  readonly #rules: readonly Rule[];

  constructor(file: string, rules: readonly Rule[]) {
    this.#file = file;
    this.#rules = rules;
  }

  check(text: string): Config {
    // Editors on Windows put a byte order mark in front, which JSON does not allow.
    const content = this.#object(this.#parse(text.replace(/^\ufeff/, "")), "the whole file");
    this.#allow(content, ["$schema", "failOn", "timeline", "db", "report", "rules"], "");
    const { $schema: schema, failOn, timeline, db, report, rules } = content;
    if (schema !== undefined) this.#text(schema, "$schema");
    return {
      ...(failOn === undefined ? {} : { failOn: this.#oneOf(failOn, FAIL_ON, "failOn") }),
      ...(timeline === undefined ? {} : { timeline: this.#oneOf(timeline, TIMELINES, "timeline") }),
      ...(db === undefined ? {} : { db: this.#text(db, "db") }),
      ...(report === undefined ? {} : { report: this.#texts(report, "report") }),
      rules: rules === undefined ? {} : this.#ruleSettings(this.#object(rules, "rules")),
    };
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      return this.#refuse(`line ${firstBadLine(text)} is not JSON`);
    }
  }

  #ruleSettings(settings: Record<string, unknown>): Record<string, RuleSetting> {
    const ids = this.#rules.map(({ id }) => id);
    this.#allow(settings, ids, "rules.");
    const checked = Object.entries(settings).map(
      ([id, setting]) => [id, this.#ruleSetting(setting, `rules.${id}`)] as const,
    );
    const result = Object.fromEntries(checked);
    try {
      activateRules(this.#rules, result);
    } catch (error) {
      if (error instanceof AnalyzeError) this.#refuse(error.message);
      throw error;
    }
    return result;
  }

  #ruleSetting(value: unknown, key: string): RuleSetting {
    if (typeof value === "string") return { severity: this.#oneOf(value, RULE_SEVERITIES, key) };
    const setting = this.#object(value, key, `one of ${RULE_SEVERITIES.join(", ")} or an object`);
    this.#allow(setting, ["severity", "options"], `${key}.`);
    const { severity, options } = setting;
    return {
      ...(severity === undefined
        ? {}
        : { severity: this.#oneOf(severity, RULE_SEVERITIES, `${key}.severity`) }),
      ...(options === undefined ? {} : { options: this.#numbers(options, `${key}.options`) }),
    };
  }

  #numbers(value: unknown, key: string): Record<string, number> {
    const numbers = Object.entries(this.#object(value, key)).map(([name, number]) => {
      if (typeof number !== "number")
        return this.#refuse(`${key}.${name} must be a number, not ${kindOf(number)}`);
      return [name, number] as const;
    });
    return Object.fromEntries(numbers);
  }

  #object(value: unknown, key: string, expected = "an object"): Record<string, unknown> {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
    return this.#refuse(`${key} must be ${expected}, not ${kindOf(value)}`);
  }

  #texts(value: unknown, key: string): string[] {
    if (Array.isArray(value)) return value.map((item, at) => this.#text(item, `${key}[${at}]`));
    return this.#refuse(`${key} must be an array of texts, not ${kindOf(value)}`);
  }

  #text(value: unknown, key: string): string {
    if (typeof value === "string" && value !== "") return value;
    return this.#refuse(`${key} must be a text that is not empty, not ${kindOf(value)}`);
  }

  #oneOf<const Allowed extends string>(value: unknown, allowed: readonly Allowed[], key: string): Allowed {
    const found = allowed.find((candidate) => candidate === value);
    return found ?? this.#refuse(`${key} must be one of ${allowed.join(", ")}, not ${kindOf(value)}`);
  }

  #allow(content: Record<string, unknown>, allowed: readonly string[], prefix: string): void {
    for (const key of Object.keys(content)) {
      if (!allowed.includes(key))
        this.#refuse(`it has no key ${prefix}${key}; allowed are ${allowed.join(", ")}`);
    }
  }

  #refuse(reason: string): never {
    const sentence = reason.endsWith(".") ? reason : `${reason}.`;
    throw new AnalyzeError("CONFIG_INVALID", `The configuration file ${this.#file} is invalid: ${sentence}`);
  }
}

/**
 * Line of the first character that no JSON text could have there, 1-based. Node 20 does not always tell the place,
 * so it is the first line whose end is already more wrong than incomplete; the last one when the text just ends.
 */
function firstBadLine(text: string): number {
  const lines = text.trimEnd().split("\n");
  let low = 1;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBeginningOfJson(`${lines.slice(0, middle).join("\n")}\n`)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** True for JSON, and for what something behind it could make JSON. */
function isBeginningOfJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const at = /position (\d+)/.exec(message)?.[1];
    return /end of JSON input|Unterminated/.test(message) || Number(at) >= text.length;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return JSON.stringify(value);
}
