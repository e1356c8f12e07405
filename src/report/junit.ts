import junitReportBuilder, { type Builder, type TestSuite } from "junit-report-builder";
import picocolors from "picocolors";
import type { CheckedExpectation } from "./gate-summary.js";
import type { CaptureSummary, Report, ReportedFinding } from "./report.js";
import { evidenceLadder, shownFlow } from "./text-ladder.js";
import { xmlText } from "./xml-text.js";

const LADDER_WIDTH = 110;

/**
 * The report as JUnit XML: a suite for each capture, a case for each rule, and for each expectation of the capture. A case
 * fails with the findings that fail the run; the others stand in its output. Where the captures cannot be judged, a case
 * of a suite of its own has an error.
 */
export function formatJunit(report: Report): string {
  const junit = newBuilder().name("tcptrace-analyze");
  for (const capture of report.captures) addCapture(junit.testSuite(), report, capture);
  if (report.unjudgeable !== null) {
    const suite = junit.testSuite().name("captures");
    const test = suite.testCase().className("captures").name("can be judged");
    test.error(xmlText(report.unjudgeable), "unjudgeable");
  }
  return junit.build();
}

/** The package's types describe a default export, but the module itself is the builder. */
function newBuilder(): Builder {
  const loaded: unknown = junitReportBuilder;
  if (isBuilder(loaded)) return loaded.newBuilder();
  throw new Error("junit-report-builder has another shape than expected");
}

function isBuilder(value: unknown): value is Builder {
  return typeof value === "object" && value !== null && "newBuilder" in value;
}

function addCapture(suite: TestSuite, report: Report, { source, startedAt, damage }: CaptureSummary): void {
  const name = xmlText(source);
  suite.name(name);
  if (startedAt !== null) suite.property("capture started at", startedAt);
  if (damage !== null) suite.property("damage", xmlText(damage));
  for (const { id } of report.rules) {
    const test = suite.testCase().className(name).name(id);
    const found = report.findings.filter(({ ruleId, source: from }) => ruleId === id && from === source);
    const failing = found.filter((finding) => isFailure(report, finding));
    if (failing.length > 0) {
      test.failure(xmlText(failing.map(({ message }) => message).join(" ")), failing[0]!.severity);
      test.stacktrace(failing.map((finding) => details(finding)).join("\n\n"));
    }
    const others = found.filter((finding) => !failing.includes(finding));
    if (others.length > 0)
      test.standardOutput(others.map((finding) => details(finding, statusOf(report, finding))).join("\n\n"));
  }
  for (const expectation of report.gate?.expectations ?? []) {
    if (expectation.source === source) addExpectation(suite, name, expectation);
  }
}

function addExpectation(suite: TestSuite, className: string, expectation: CheckedExpectation): void {
  const { kind, demand, problem, path } = expectation;
  const test = suite.testCase().className(className);
  test.name(xmlText(`${kind === "must" ? "must" : "must not"} be there: ${demand}`));
  if (problem !== null) test.failure(xmlText(`${problem} (${path})`), "expectation");
}

/** Without a gate every finding fails its case. */
function isFailure({ gate, findings }: Report, finding: ReportedFinding): boolean {
  return gate === null || gate.findings[findings.indexOf(finding)]!.isFailure;
}

function statusOf({ gate, findings }: Report, finding: ReportedFinding): string {
  const { status, reason } = gate!.findings[findings.indexOf(finding)]!;
  if (status === "new") return " (not severe enough to fail)";
  return ` (${status}${reason === null ? "" : `, ${reason}`})`;
}

function details(finding: ReportedFinding, remark = ""): string {
  const lines = [
    `${finding.severity}, ${finding.confidence}${remark}: ${finding.message}`,
    `Flow ${shownFlow(finding)}, ${finding.endpoints}:`,
    ...evidenceLadder(finding, {
      width: LADDER_WIDTH,
      indent: "  ",
      colours: picocolors.createColors(false),
    }),
    `Why: ${finding.why}`,
    `Remedy: ${finding.remedy}`,
    ...finding.alternatives.map((alternative) => `Or else: ${alternative}`),
  ];
  return lines.map(xmlText).join("\n");
}
