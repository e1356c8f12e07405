import type picocolors from "picocolors";
import { followUp } from "./follow-up.js";
import { groupIncidents } from "./incidents.js";
import { countOf, formatCount, listOf } from "./quantity.js";
import type { Report, ReportedFinding } from "./report.js";
import { findingLines } from "./text-finding.js";
import { wrap } from "./wrap.js";

/** Findings of one rule that are shown with their packets; of further ones the sentence says enough. */
const SHOWN_WITH_PACKETS = 3;
/** Findings of one rule that are shown at all: one that speaks of hundreds of servers must not bury the others. */
const SHOWN = 10;

/**
 * The findings, each under its number in the report and those of one incident together: a section of lines for each, and
 * one for what is left out.
 */
export function findingSections(
  report: Report,
  width: number,
  colours: ReturnType<typeof picocolors.createColors>,
): string[][] {
  const { findings, database } = report;
  const numbers = new Map(findings.map((finding, index) => [finding, index + 1]));
  const rules = new ShownRules();
  const sections: string[][] = [];
  for (const incident of groupIncidents(findings)) {
    const shown = incident.filter((finding) => rules.admit(finding));
    const shownNumbers = shown.map((finding) => numbers.get(finding)!);
    if (incident.length > 1 && shown.length > 0)
      sections.push(wrap(incidentHeading(incident, shownNumbers), width).map((line) => colours.bold(line)));
    for (const [index, finding] of shown.entries()) {
      const number = shownNumbers[index]!;
      const detail = rules.detailOf(finding, number);
      sections.push(findingLines(finding, { ...detail, number, database, width, colours }));
    }
  }
  return [...sections, leftOutLines(rules.leftOut(), database, width)];
}

/** How much of each rule was shown so far. */
class ShownRules {
  readonly #admitted = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  readonly #detailed = new Map<string, number>();
  /** Number of the finding below which an explanation stands. */
  readonly #explained = new Map<string, number>();

  /** Whether the finding is among the first of its rule. */
  admit({ ruleId }: ReportedFinding): boolean {
    const isAdmitted = (this.#admitted.get(ruleId) ?? 0) < SHOWN;
    increase(isAdmitted ? this.#admitted : this.#refused, ruleId);
    return isAdmitted;
  }

  detailOf(finding: ReportedFinding, number: number): { hasPackets: boolean; explainedBy: number | null } {
    const { ruleId, why, remedy, alternatives } = finding;
    const explanation = JSON.stringify([why, remedy, alternatives]);
    const explainedBy = this.#explained.get(explanation) ?? null;
    if (explainedBy === null) this.#explained.set(explanation, number);
    return { hasPackets: increase(this.#detailed, ruleId) <= SHOWN_WITH_PACKETS, explainedBy };
  }

  leftOut(): ReadonlyMap<string, number> {
    return this.#refused;
  }
}

function increase(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

/** Says which of the findings tell of one incident, by the numbers of those that are shown. */
function incidentHeading(incident: readonly ReportedFinding[], shown: readonly number[]): string {
  const flows = new Set(incident.flatMap(({ flowIds }) => flowIds)).size;
  const others = incident.length - shown.length;
  const names = [...shown.map(String), ...(others > 0 ? [`${formatCount(others)} more`] : [])];
  return `Findings ${listOf(names)} are one incident of ${countOf(flows, "connection")}:`;
}

function leftOutLines(
  leftOut: ReadonlyMap<string, number>,
  database: string | null,
  width: number,
): string[] {
  if (leftOut.size === 0) return [];
  const rules = [...leftOut].map(([ruleId, count]) => `${formatCount(count)} of ${ruleId}`);
  const where =
    database === null
      ? "`--report json=FILE` writes all of them"
      : `\`${followUp(database, 'query "SELECT rule_id, message FROM findings"')}\``;
  return wrap(`And more alike, ${listOf(rules)}: ${where}`, width);
}
