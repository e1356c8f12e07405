import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import type { Rule } from "../../src/engine/rule.js";
import { rules } from "../../src/rules/index.js";
import { parseScript } from "../../src/tcp/notation.js";
import { analyzeScript } from "../support/analyze-script.js";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const list = (path: string) => readdirSync(new URL(path, root)).sort();
const ids = rules.map(({ id }) => id);

const HEADINGS = [
  "Flagged when all of the following are true:",
  "Not flagged",
  "Mechanism",
  "Evidence",
  "Confidence and vantage",
  "What else it could be",
  "Remedy",
  "Options",
  "Examples",
  "References",
];

/** Packets, and the log of routes beside them where a block of it stands right before. */
interface Example {
  readonly routeLog: string | undefined;
  readonly verdict: string;
  readonly packets: string;
}

function examplesOf(page: string): Example[] {
  const blocks = /(?:^```routes\n((?:(?!```).)*?)^```\n\n)?^```packets (\w+)\n(.*?)^```$/gms;
  return [...page.matchAll(blocks)].map(([, routeLog, verdict, packets]) => {
    return { routeLog, verdict: verdict!, packets: packets! };
  });
}

/** The page's text below a heading. */
function section(page: string, heading: string): string {
  return page.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
}

/** Cells of a table's rows, head and rule left out; back-ticks dropped. */
function tableRows(text: string): string[][] {
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) => {
    const cells = row.split("|").slice(1, -1);
    return cells.map((cell) => cell.trim().replaceAll("`", ""));
  });
}

describe("the rules", () => {
  it("have one file, one test and one page each, of the rule's name", () => {
    const named = (extension: string, ...others: string[]) =>
      [...ids.map((id) => id + extension), ...others].sort();
    expect(list("src/rules")).to.deep.equal(named(".ts", "index.ts"));
    expect(list("test/rules")).to.deep.equal(named(".test.ts", "pages.test.ts"));
    expect(list("docs/rules")).to.deep.equal(named(".md", "README.md"));
  });

  it("are listed in the table of the pages, in the order of the rule list", () => {
    const expected = rules.map(({ id, meta }) => [`[${id}](${id}.md)`, meta.severity, meta.summary]);
    expect(tableRows(read("docs/rules/README.md"))).to.deep.equal(expected);
  });

  it("are listed once each in the README", () => {
    const listed = [...read("README.md").matchAll(/^\| \[`([a-z-]+)`\]\(docs\/rules\/\1\.md\) \|/gm)];
    expect(listed.map(([, id]) => id!).sort()).to.deep.equal([...ids].sort());
  });
});

for (const rule of rules) {
  const page = read(`docs/rules/${rule.id}.md`);

  describe(`the page of ${rule.id}`, () => {
    it("begins with the rule's name, severity and summary", () => {
      const { severity, summary } = rule.meta;
      expect(page.startsWith(`# ${rule.id}\n\n**${severity}** · ${summary}\n`)).to.equal(true);
    });

    it("has every section, in the same order as the others", () => {
      expect([...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).to.deep.equal(HEADINGS);
    });

    it("lists the roles of evidence as the rule describes them", () => {
      expect(tableRows(section(page, "Evidence"))).to.deep.equal(Object.entries(rule.meta.evidence));
    });

    it("lists the options as the rule declares them", () => {
      const expected = Object.entries(rule.meta.options ?? {}).map(([name, option]) => {
        return [name, `${option.default}`, `${option.minimum}`, option.description];
      });
      expect(tableRows(section(page, "Options"))).to.deep.equal(expected);
      if (expected.length === 0) expect(section(page, "Options")).to.equal("Options\n\nNone.\n\n");
    });

    it("lists the rule's references", () => {
      expect(section(page, "References").trim().split("\n- ").slice(1)).to.deep.equal([
        ...rule.meta.references,
      ]);
    });

    it("tells every command of the remedy", () => {
      const told = page.replaceAll(/\s+/g, " ");
      const { remedy, messageTexts = {} } = rule.meta;
      const remedies = [remedy, ...Object.values(messageTexts).map((texts) => texts?.remedy ?? "")];
      for (const [, command] of remedies.join(" ").matchAll(/`([^`]+)`/g)) {
        // Ports and addresses come from the finding.
        expect(told).to.include(command!.split("{{")[0]);
      }
    });

    it("links to pages that exist", () => {
      for (const [, target] of page.matchAll(/\]\(([^)#]+)\)/g)) {
        expect(existsSync(new URL(target!, new URL("docs/rules/", root))), target).to.equal(true);
      }
    });

    it("shows packets that are flagged and packets that are not", () => {
      expect(new Set(examplesOf(page).map(({ verdict }) => verdict))).to.deep.equal(
        new Set(["flagged", "accepted"]),
      );
    });

    for (const [index, example] of examplesOf(page).entries()) {
      it(`tells the truth about its packets, block ${index + 1}: ${example.verdict}`, () =>
        expectVerdict(rule, example));
    }
  });
}

async function expectVerdict(rule: Rule, { verdict, packets, routeLog }: Example): Promise<void> {
  const { report, labels } = await analyzeScript(packets, { rules, routeLog });
  const [finding, ...others] = report.findings;
  if (verdict === "accepted") {
    // Notes of other rules explain, they accuse nobody.
    const loud = report.findings.filter(({ severity, ruleId }) => severity !== "note" || ruleId === rule.id);
    expect(loud).to.deep.equal([]);
    return;
  }
  expect(finding?.ruleId).to.equal(rule.id);
  expect(finding?.severity).to.equal(rule.meta.severity);
  expect(others).to.deep.equal([]);
  // A label that is a role names the packet that plays it; inside a repeat block the first of them.
  for (const { role, frame } of finding?.evidence ?? []) {
    const labelled = labels.get(role) ?? labels.get(`${role}-1`);
    if (labelled !== undefined) expect(frame, role).to.equal(labelled);
  }
  for (const { label } of parseScript(packets).lines) {
    if (label !== null) expect(rule.meta.evidence).to.have.property(label.replace(/-\d+$/, ""));
  }
}
