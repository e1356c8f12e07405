import type { Finding } from "./finding.js";
import type { ActiveRule } from "./rule-settings.js";

/**
 * The findings of one capture (or series) without the consequences of others: a rule names those whose findings it
 * explains (`meta.supersedes`), and of these the findings about the same client and listener are left out.
 */
export function supersedeFindings(findings: readonly Finding[], active: readonly ActiveRule[]): Finding[] {
  const causes = new Set<string>();
  for (const finding of findings) {
    const meta = active.find(({ rule }) => rule.id === finding.ruleId)?.rule.meta;
    for (const consequence of meta?.supersedes ?? []) causes.add(incidentOf(consequence, finding));
  }
  return findings.filter((finding) => !causes.has(incidentOf(finding.ruleId, finding)));
}

function incidentOf(ruleId: string, { data }: Finding): string {
  return `${ruleId}\n${data["client"]}\n${data["listener"]}`;
}
