import type { ReportedFinding } from "./report.js";

/** Findings about one listener belong together when no more time than this lies between them. Nanoseconds. */
const APART_NS = 60_000_000_000;

/**
 * Findings that tell of one incident, together: those about the same listener at about the same time, and those that share
 * connections. Groups stand where their worst finding stood. What is said of a whole capture stands alone.
 */
export function groupIncidents(findings: readonly ReportedFinding[]): ReportedFinding[][] {
  const groups: ReportedFinding[][] = [];
  for (const finding of findings) {
    const akin = groups.filter((group) => group.some((other) => isAkin(finding, other)));
    const [first, ...others] = akin;
    if (first === undefined) {
      groups.push([finding]);
      continue;
    }
    for (const other of others) {
      first.push(...other);
      groups.splice(groups.indexOf(other), 1);
    }
    first.push(finding);
  }
  return groups;
}

function isAkin(a: ReportedFinding, b: ReportedFinding): boolean {
  if (isAboutCapture(a) || isAboutCapture(b) || a.source !== b.source) return false;
  const listener = a.data["listener"];
  if (listener !== undefined && listener === b.data["listener"])
    return Math.max(a.startNs, b.startNs) - Math.min(a.endNs, b.endNs) <= APART_NS;
  const flowIds = new Set(a.flowIds);
  return b.flowIds.some((flowId) => flowIds.has(flowId));
}

function isAboutCapture({ ruleId }: ReportedFinding): boolean {
  return ruleId.startsWith("capture-");
}
