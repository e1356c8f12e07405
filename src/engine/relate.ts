import { appendTo } from "./append-to.js";
import type { Finding } from "./finding.js";
import type { ActiveRule } from "./rule-settings.js";

/**
 * A full accept queue shows in several ways, each of which has a rule (`meta.acceptQueue`): which one a connection meets
 * is a matter of moments. Findings of such rules about one listener at one time are one incident, and each says so.
 */
export function relateFindings(findings: readonly Finding[], active: readonly ActiveRule[]): Finding[] {
  const blaming = new Set(
    active.filter(({ rule }) => rule.meta.acceptQueue !== undefined).map(({ rule }) => rule.id),
  );
  const overflows = findings.filter(({ ruleId }) => blaming.has(ruleId));
  if (overflows.length < 2) return [...findings];
  const bySubject = new Map<string, Finding[]>();
  for (const finding of overflows) appendTo(bySubject, finding.subject, finding);
  return findings.map((finding) => {
    if (!blaming.has(finding.ruleId)) return finding;
    const alike = bySubject.get(finding.subject)!;
    const others = alike.filter((other) => other !== finding && isAtOneTime(finding, other));
    if (others.length === 0) return finding;
    const named = others.map(({ ruleId, flowIds }) => {
      return `${ruleId} (${flowIds.length} ${flowIds.length === 1 ? "connection" : "connections"})`;
    });
    return { ...finding, message: `${finding.message} Part of the same incident: ${named.join(", ")}.` };
  });
}

function isAtOneTime(one: Finding, other: Finding): boolean {
  return one.startNs <= other.endNs && other.startNs <= one.endNs;
}
