import type { MessageTexts, Rule } from "../engine/rule.js";
import { wrap } from "./wrap.js";

/** Every rule with its severity, summary and options. Ends with a line break. */
export function formatRuleList(rules: readonly Rule[], width: number): string {
  const sections = rules.map(({ id, meta }) => {
    const lines = [`${id}  (${meta.severity})`, ...wrap(meta.summary, width, "  ")];
    const options = Object.entries(meta.options ?? {}).map(([name, option]) => `${name}=${option.default}`);
    if (options.length > 0) lines.push(...wrap(options.join(" "), width, "  options: ", "    "));
    return lines;
  });
  return sections.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

/** All that a rule says about itself. `{{name}}` in its texts stands for a value of the finding. */
export function formatRule({ id, meta }: Rule, width: number): string {
  const sections = [[`${id}  (${meta.severity})`, ...wrap(meta.summary, width, "  ")]];
  const section = (heading: string, items: readonly (readonly [first: string, text: string])[]): void => {
    if (items.length === 0) return;
    sections.push([heading, ...items.flatMap(([first, text]) => wrap(text, width, `  ${first}`, "    "))]);
  };
  const texts = (values: Readonly<Record<string, string>>, isNamed: boolean) =>
    Object.entries(values).map(([name, text]) => [isNamed ? `${name}: ` : "", text] as const);
  section("Says", texts(meta.messages, false));
  const ofMessages = Object.entries(meta.messageTexts ?? {}).filter((each) => each[1] !== undefined);
  const alsoOf = (name: keyof MessageTexts) => ofMessages.map(([id, of]) => [`${id}: `, of![name]] as const);
  section("Why it matters", [["", meta.why], ...alsoOf("why")]);
  section("Evidence", texts(meta.evidence, true));
  section("What to do", [["", meta.remedy], ...alsoOf("remedy")]);
  section(
    `Options (--option ${id}.NAME=NUMBER)`,
    Object.entries(meta.options ?? {}).map(([name, option]) => [
      `${name}: `,
      `${option.description}; default ${option.default}, at least ${option.minimum}`,
    ]),
  );
  section(
    "References",
    meta.references.map((reference) => ["", reference]),
  );
  return sections.map((lines) => `${lines.join("\n")}\n`).join("\n");
}
