import { SarifBuilder, SarifResultBuilder, SarifRuleBuilder, SarifRunBuilder } from "node-sarif-builder";
import { printable, printableJson } from "./printable.js";
import type { Report, ReportedEvidence, ReportedFinding } from "./report.js";
import { fileUri } from "./uri.js";

type Result = SarifResultBuilder["result"];
type Location = NonNullable<Result["locations"]>[number];
type Suppression = NonNullable<Result["suppressions"]>[number];
type Invocation = NonNullable<SarifRunBuilder["run"]["invocations"]>[number];

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const BASELINE_STATES = {
  new: "new",
  worse: "updated",
  accepted: "unchanged",
  expected: "unchanged",
  forbidden: "new",
} as const;

/**
 * The report as SARIF 2.1.0. Captures are the artifacts, frames stand in messages: a region of lines or octets says
 * nothing to who reads a capture.
 * @param rulePage the page of a rule, Markdown; null when it has none
 */
export function formatSarif(report: Report, rulePage: (ruleId: string) => string | null): string {
  const run = new SarifRunBuilder().initSimple({
    toolDriverName: "tcptrace-analyze",
    toolDriverVersion: report.version,
  });
  for (const { id, summary, severity } of report.rules) {
    const rule = new SarifRuleBuilder().initSimple({ ruleId: id, shortDescriptionText: summary });
    const page = rulePage(id) ?? summary;
    Object.assign(rule.rule, {
      help: { text: page, markdown: page },
      defaultConfiguration: { level: severity },
      properties: { tags: ["tcp"] },
    });
    run.addRule(rule);
  }
  const seen = new Map<string, number>();
  for (const [index, finding] of report.findings.entries()) {
    const occurrence = (seen.get(finding.fingerprint) ?? 0) + 1;
    seen.set(finding.fingerprint, occurrence);
    run.addResult(resultOf(report, finding, index, occurrence));
  }
  run.run.automationDetails = { id: "tcptrace-analyze/" };
  run.run.invocations = [invocationOf(report)];
  // Named here, or the builder would guess a programming language from the file's name.
  run.run.artifacts = report.captures.map(({ source }) => ({ location: { uri: fileUri(source) } }));
  const log = new SarifBuilder({ $schema: SCHEMA });
  log.addRun(run);
  return `${printableJson(log.buildSarifOutput(), 2)}\n`;
}

/** @param occurrence which of the findings with this fingerprint, from 1 */
function resultOf(
  report: Report,
  finding: ReportedFinding,
  index: number,
  occurrence: number,
): SarifResultBuilder {
  const { ruleId, severity, message, fingerprint, subject, confidence, vantage } = finding;
  const result = new SarifResultBuilder().initSimple({
    ruleId,
    level: severity,
    messageText: plainText(message),
  });
  const gated = report.gate?.findings[index];
  const details: Partial<Result> = {
    locations: [
      { ...placeOf(finding.source), logicalLocations: [{ fullyQualifiedName: subject, kind: "resource" }] },
    ],
    relatedLocations: finding.evidence.map(evidenceLocation),
    // The second is the one that GitHub goes by; without it, it would take the capture's octets for lines of text.
    partialFingerprints: {
      "tcptraceFinding/v1": fingerprint,
      primaryLocationLineHash: `${fingerprint}:${occurrence}`,
    },
    properties: { confidence, vantage, flows: finding.flowIds.length, serverFlows: finding.serverFlows },
  };
  if (gated !== undefined && report.gate !== null) {
    const isSuppressed = gated.status === "accepted" || gated.status === "expected";
    const suppression: Suppression = {
      kind: "external",
      status: "accepted",
      justification: gated.reason ?? "a file beside the capture demands it",
    };
    details.suppressions = isSuppressed ? [suppression] : [];
    if (report.gate.baseline !== null) details.baselineState = BASELINE_STATES[gated.status];
  }
  Object.assign(result.result, details);
  return result;
}

function evidenceLocation({ source, frame, flowId, description, packet }: ReportedEvidence): Location {
  const text = `frame ${frame} of flow ${flowId}: ${description}${packet === null ? "" : `; ${packet}`}`;
  return { ...placeOf(source), message: { text: plainText(text) } };
}

function placeOf(source: string): Location {
  // GitHub shows nothing without a line, and the first is the only one that every file has.
  return { physicalLocation: { artifactLocation: { uri: fileUri(source) }, region: { startLine: 1 } } };
}

function invocationOf({ unjudgeable, captures }: Report): Invocation {
  const problems = captures.flatMap(({ source, damage }) =>
    damage === null ? [] : [`${source}: ${damage}`],
  );
  if (unjudgeable !== null) problems.push(unjudgeable);
  return {
    executionSuccessful: unjudgeable === null,
    toolExecutionNotifications: problems.map((text) => ({
      level: "warning",
      message: { text: plainText(text) },
    })),
  };
}

/** No text of a capture may become a link: SARIF 2.1.0, section 3.11.6. */
function plainText(text: string): string {
  return printable(text).replaceAll("](", "] (");
}
