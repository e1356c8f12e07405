import type { Confidence, Finding } from "./finding.js";
import type { RuleMeta } from "./rule.js";
import type { ActiveRule } from "./rule-settings.js";

/** What is sent again comes at most this long after what it repeats. Linux TCP_RTO_MAX. */
const LONGEST_TIMER_NS = 120_000_000_000;
/** A client may wait as long for an end that has gone: about what Linux's default of tcp_retries2 comes to. */
const LONGEST_PATIENCE_NS = 15 * 60_000_000_000;

const SURENESS: Readonly<Record<Confidence, number>> = { certain: 2, strong: 1, weak: 0 };

/**
 * The findings of one capture (or series) without the consequences of others. A rule names those whose findings it
 * explains, `meta.supersedes`: left out are findings of these about the same client and listener, and those of whose
 * flows each is one of its own; `meta.supersedesAtListener`: those about the same listener. Both must be near in time.
 * No finding is left out for one that is less sure, unless it is a mere symptom, and of two that explain each other the first
 * rule's stays.
 */
export function supersedeFindings(findings: readonly Finding[], active: readonly ActiveRule[]): Finding[] {
  const rank = new Map(active.map(({ rule }, index) => [rule.id, { meta: rule.meta, index }]));
  const place = (finding: Finding): number => rank.get(finding.ruleId)?.index ?? active.length;
  const causes: Cause[] = [];
  for (const finding of findings) {
    const meta = rank.get(finding.ruleId)?.meta;
    if (meta?.supersedes !== undefined || meta?.supersedesAtListener !== undefined)
      causes.push({ finding, meta, flowIds: new Set(finding.flowIds) });
  }
  return findings.filter((finding) => {
    const own = causes.find((cause) => cause.finding === finding);
    return !causes.some((cause) => {
      if (cause === own || !explains(cause, finding)) return false;
      const surer = SURENESS[cause.finding.confidence] - SURENESS[finding.confidence];
      if (surer !== 0) return surer > 0 || rank.get(finding.ruleId)?.meta.isSymptom === true;
      return own === undefined || !explains(own, cause.finding) || place(cause.finding) < place(finding);
    });
  });
}

interface Cause {
  readonly finding: Finding;
  readonly meta: RuleMeta;
  readonly flowIds: ReadonlySet<number>;
}

function explains({ finding: cause, meta, flowIds }: Cause, finding: Finding): boolean {
  const apartNs = Math.max(finding.startNs - cause.endNs, cause.startNs - finding.endNs);
  if (meta.supersedes?.includes(finding.ruleId) === true) {
    if (
      apartNs <= LONGEST_PATIENCE_NS &&
      isSame(cause, finding, "client") &&
      isSame(cause, finding, "listener")
    )
      return true;
    if (apartNs <= LONGEST_TIMER_NS && finding.flowIds.every((flowId) => flowIds.has(flowId))) return true;
  }
  const isNamed = meta.supersedesAtListener?.includes(finding.ruleId) === true;
  return isNamed && apartNs <= LONGEST_TIMER_NS && isSame(cause, finding, "listener");
}

/** Both findings' data have the name, and the same. */
function isSame(one: Finding, other: Finding, name: "client" | "listener"): boolean {
  return one.data[name] !== undefined && one.data[name] === other.data[name];
}
