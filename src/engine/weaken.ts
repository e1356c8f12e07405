import type { Confidence, Finding } from "./finding.js";
import type { FlawOfMessage } from "./rule.js";
import type { ActiveRule } from "./rule-settings.js";
import { areConcurrent, type TimeWindow } from "./time-window.js";

const ONE_STEP_LOWER: Readonly<Record<Confidence, Confidence>> = {
  certain: "strong",
  strong: "weak",
  weak: "weak",
};

/** A flaw that was found in a capture (or series), and what it reaches. */
interface FoundFlaw extends FlawOfMessage, TimeWindow {
  readonly flowIds: ReadonlySet<number>;
}

/** A flaw of a part of the capture's time. */
export interface TimedFlaw extends Pick<FlawOfMessage, "kind" | "reason">, TimeWindow {}

/**
 * The findings of one capture (or series) as sure as its quality lets them be. Some rules find flaws of the capture
 * (`meta.flaws`); a finding of any other rule that such a flaw reaches, in at least half of its flows, loses one step
 * of confidence, however many flaws there are, and lists each flaw's reason among its alternatives. Rules that a flaw
 * cannot mislead say so (`meta.withstands`). Flaws of a part of the time (`timedFlaws`) reach what overlaps it. What
 * has become weakly an error is a warning, as in completeFinding.
 */
export function weakenFindings(
  findings: readonly Finding[],
  active: readonly ActiveRule[],
  timedFlaws: readonly TimedFlaw[] = [],
): Finding[] {
  const rules = new Map(active.map((each) => [each.rule.id, each]));
  const flaws = findings.flatMap((finding): FoundFlaw[] => {
    const flaw = rules.get(finding.ruleId)?.rule.meta.flaws?.[finding.messageId];
    const { flowIds, startNs, endNs } = finding;
    return flaw === undefined ? [] : [{ ...flaw, flowIds: new Set(flowIds), startNs, endNs }];
  });
  if (flaws.length + timedFlaws.length === 0) return [...findings];
  return findings.map((finding) => {
    const rule = rules.get(finding.ruleId);
    if (rule === undefined || rule.rule.meta.isAboutCapture === true) return finding;
    const { withstands = [] } = rule.rule.meta;
    const reached = [
      ...flaws.filter((flaw) => reaches(flaw, finding)),
      ...timedFlaws.filter((flaw) => areConcurrent([flaw], [finding])),
    ].filter(({ kind }) => !withstands.includes(kind));
    const reasons = [...new Set(reached.map(({ reason }) => reason))];
    if (reasons.length === 0) return finding;
    const confidence = ONE_STEP_LOWER[finding.confidence];
    const isOnlyWarning = confidence === "weak" && finding.severity === "error" && !rule.isSeverityChosen;
    return {
      ...finding,
      confidence,
      severity: isOnlyWarning ? "warning" : finding.severity,
      alternatives: [...finding.alternatives, ...reasons],
    };
  });
}

function reaches(flaw: FoundFlaw, finding: Finding): boolean {
  if (flaw.reach === "capture") return true;
  if (flaw.reach === "time") return areConcurrent([flaw], [finding]);
  const reached = finding.flowIds.filter((flowId) => flaw.flowIds.has(flowId)).length;
  return reached > 0 && reached * 2 >= finding.flowIds.length;
}
