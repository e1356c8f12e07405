import { Option } from "commander";
import { AnalyzeError } from "../errors.js";

/** An option that takes one of these. */
export function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}

/** Parses numbers from 1 to a billion. Throws AnalyzeError USAGE. */
export function wholeNumber(option: string): (text: string) => number {
  return (text) => {
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw new AnalyzeError("USAGE", `${option} takes a whole number above 0, not "${text}".`);
  };
}

/** For an option that may be given more than once. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}
