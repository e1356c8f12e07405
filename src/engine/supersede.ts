import { appendTo } from "./append-to.js";
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
 * flows each is one that it, or several findings of its rule, are about; `meta.supersedesAtListener`: those about the
 * same listener. Both must be near in time. No finding is left out for one that is less sure, unless it is a mere
 * symptom, and of two that explain each other the first rule's stays.
 */
export function supersedeFindings(findings: readonly Finding[], active: readonly ActiveRule[]): Finding[] {
  const rank = new Map(active.map(({ rule }, index) => [rule.id, { meta: rule.meta, index }]));
  const place = (finding: Finding): number => rank.get(finding.ruleId)?.index ?? active.length;
  const causes = new Causes();
  for (const finding of findings) {
    const meta = rank.get(finding.ruleId)?.meta;
    if (meta?.supersedes !== undefined || meta?.supersedesAtListener !== undefined) causes.add(finding, meta);
  }
  return findings.filter((finding) => {
    const own = causes.own(finding);
    const mayGoBefore = causes.mayExplain(finding).filter((cause) => {
      if (cause === own) return false;
      const surer = SURENESS[cause.finding.confidence] - SURENESS[finding.confidence];
      if (surer !== 0) return surer > 0 || rank.get(finding.ruleId)?.meta.isSymptom === true;
      return own === undefined || !explains(own, cause.finding) || place(cause.finding) < place(finding);
    });
    return !mayGoBefore.some((cause) => explains(cause, finding)) && !explainTogether(mayGoBefore, finding);
  });
}

interface Cause {
  readonly finding: Finding;
  readonly meta: RuleMeta;
  readonly flowIds: ReadonlySet<number>;
}

/** Findings that explain others, by what they must have in common with them: there may be many thousands. */
class Causes {
  readonly #own = new Map<Finding, Cause>();
  readonly #byPair = new Map<string, Cause[]>();
  readonly #byListener = new Map<unknown, Cause[]>();
  readonly #byFlow = new Map<number, Cause[]>();

  add(finding: Finding, meta: RuleMeta): void {
    const cause = { finding, meta, flowIds: new Set(finding.flowIds) };
    this.#own.set(finding, cause);
    const { client, listener } = finding.data;
    if (meta.supersedesAtListener !== undefined && listener !== undefined)
      appendTo(this.#byListener, listener, cause);
    if (meta.supersedes === undefined) return;
    if (client !== undefined && listener !== undefined) appendTo(this.#byPair, pairOf(finding), cause);
    for (const flowId of cause.flowIds) appendTo(this.#byFlow, flowId, cause);
  }

  own(finding: Finding): Cause | undefined {
    return this.#own.get(finding);
  }

  /** All that may explain the finding, alone or with others. */
  mayExplain(finding: Finding): Cause[] {
    const causes = new Set([
      ...(this.#byPair.get(pairOf(finding)) ?? []),
      ...(this.#byListener.get(finding.data["listener"]) ?? []),
    ]);
    for (const flowId of finding.flowIds)
      for (const cause of this.#byFlow.get(flowId) ?? []) causes.add(cause);
    return [...causes];
  }
}

function pairOf({ data }: Finding): string {
  return JSON.stringify([data["client"], data["listener"]]);
}

function explains({ finding: cause, meta, flowIds }: Cause, finding: Finding): boolean {
  const apart = apartNs(cause, finding);
  if (meta.supersedes?.includes(finding.ruleId) === true) {
    if (
      apart <= LONGEST_PATIENCE_NS &&
      isSame(cause, finding, "client") &&
      isSame(cause, finding, "listener")
    )
      return true;
    if (apart <= LONGEST_TIMER_NS && isWithin(finding, flowIds)) return true;
  }
  const isNamed = meta.supersedesAtListener?.includes(finding.ruleId) === true;
  return isNamed && apart <= LONGEST_TIMER_NS && isSame(cause, finding, "listener");
}

/** Each of its connections is one of those that one rule's findings are about, which are several: each at a listener, perhaps. */
function explainTogether(causes: readonly Cause[], finding: Finding): boolean {
  const byRule = new Map<string, Set<number>>();
  for (const { finding: cause, meta, flowIds } of causes) {
    if (meta.supersedes?.includes(finding.ruleId) !== true) continue;
    if (apartNs(cause, finding) > LONGEST_TIMER_NS) continue;
    const together = byRule.get(cause.ruleId) ?? new Set();
    for (const flowId of flowIds) together.add(flowId);
    byRule.set(cause.ruleId, together);
  }
  return [...byRule.values()].some((flowIds) => isWithin(finding, flowIds));
}

/** From the end of one to the begin of the other; negative where they overlap. Nanoseconds. */
function apartNs(one: Finding, other: Finding): number {
  return Math.max(other.startNs - one.endNs, one.startNs - other.endNs);
}

/** It is about connections, each of which is one of these. */
function isWithin(finding: Finding, flowIds: ReadonlySet<number>): boolean {
  return finding.flowIds.length > 0 && finding.flowIds.every((flowId) => flowIds.has(flowId));
}

/** Both findings' data have the name, and the same. */
function isSame(one: Finding, other: Finding, name: "client" | "listener"): boolean {
  return one.data[name] !== undefined && one.data[name] === other.data[name];
}
