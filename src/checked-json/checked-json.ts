import { AnalyzeError, type ErrorCode } from "../errors.js";
import { firstBadLine } from "./first-bad-line.js";

/**
 * Checks one JSON file that people write, value by value. Whatever is wrong becomes an AnalyzeError whose sentence begins
 * with the file, names the key and says what is allowed there.
 */
export class CheckedJson {
  readonly #code: ErrorCode;
  readonly #what: string;

  /** @param what begins every sentence, such as `The baseline tcptrace.baseline.json` */
  constructor(code: ErrorCode, what: string) {
    this.#code = code;
    this.#what = what;
  }

  parse(text: string): unknown {
    // Editors on Windows put a byte order mark in front, which JSON does not allow.
    const content = text.replace(/^\ufeff/, "");
    try {
      return JSON.parse(content);
    } catch {
      return this.refuse(`line ${firstBadLine(content)} is not JSON`);
    }
  }

  object(value: unknown, key: string, expected = "an object"): Record<string, unknown> {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
    return this.refuse(`${key} must be ${expected}, not ${kindOf(value)}`);
  }

  array<Item>(value: unknown, key: string, check: (item: unknown, key: string) => Item): Item[] {
    if (Array.isArray(value)) return value.map((item, at) => check(item, `${key}[${at}]`));
    return this.refuse(`${key} must be an array, not ${kindOf(value)}`);
  }

  text(value: unknown, key: string): string {
    if (typeof value === "string" && value !== "") return value;
    return this.refuse(`${key} must be a text that is not empty, not ${kindOf(value)}`);
  }

  number(
    value: unknown,
    key: string,
    minimum = Number.NEGATIVE_INFINITY,
    maximum = Number.MAX_VALUE,
  ): number {
    if (typeof value !== "number") return this.refuse(`${key} must be a number, not ${kindOf(value)}`);
    if (value >= minimum && value <= maximum) return value;
    return this.refuse(`${key} must be a number from ${minimum} to ${maximum}, not ${value}`);
  }

  oneOf<const Allowed extends string>(value: unknown, allowed: readonly Allowed[], key: string): Allowed {
    const found = allowed.find((candidate) => candidate === value);
    return found ?? this.refuse(`${key} must be one of ${allowed.join(", ")}, not ${kindOf(value)}`);
  }

  /** @param prefix of the keys in the sentence, such as `rules.` */
  allow(content: Record<string, unknown>, allowed: readonly string[], prefix: string): void {
    for (const key of Object.keys(content)) {
      if (!allowed.includes(key))
        this.refuse(`it has no key ${prefix}${key}; allowed are ${allowed.join(", ")}`);
    }
  }

  refuse(reason: string): never {
    const sentence = reason.endsWith(".") ? reason : `${reason}.`;
    throw new AnalyzeError(this.#code, `${this.#what} is invalid: ${sentence}`);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return JSON.stringify(value) ?? "nothing";
}
