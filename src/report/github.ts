import { normalize } from "node:path";
import type { Severity } from "../engine/finding.js";
import { printable } from "./printable.js";
import type { Report, ReportedFinding } from "./report.js";
import { gateRemarks } from "./text-gate.js";

const COMMANDS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", note: "notice" };

/**
 * The report as workflow commands of GitHub Actions: an annotation a finding, worst first, since only the first ten of a
 * step are shown. What is accepted or expected is a notice.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function* githubLines(report: Report): IterableIterator<string> {
  for (const [index, finding] of report.findings.entries()) {
    const gated = report.gate?.findings[index];
    const isKnown = gated?.status === "accepted" || gated?.status === "expected";
    const command = isKnown ? "notice" : gated?.status === "forbidden" ? "error" : COMMANDS[finding.severity];
    const title = `${finding.ruleId}${gated === undefined || gated.status === "new" ? "" : ` (${gated.status})`}`;
    yield annotation(command, { file: normalize(finding.source), title }, bodyOf(finding));
  }
  for (const { path, kind, demand, problem } of report.gate?.expectations ?? []) {
    if (problem === null) continue;
    const text = `${demand} ${kind === "must" ? "must" : "must not"} be there; ${problem}.`;
    yield annotation("error", { file: normalize(path), title: "expectation not met" }, [text]);
  }
  if (report.gate !== null && report.gate.baseline !== null) {
    const { baseline, ...gate } = report.gate;
    const about = gateRemarks(report, { ...gate, findings: [], expectations: [], baseline });
    for (const text of about)
      yield annotation("notice", { file: normalize(baseline.path), title: "baseline" }, [text]);
  }
  if (report.unjudgeable !== null) yield annotation("warning", { title: "no verdict" }, [report.unjudgeable]);
}

function bodyOf({ message, evidence, remedy }: ReportedFinding): string[] {
  const frames = evidence.map(({ frame, description }) => `frame ${frame}: ${description}`);
  return [message, ...frames, remedy];
}

/**
 * The text of another report, which stands in the same log: between these two commands GitHub takes no line for a command.
 * @param token that nobody can guess
 */
export function* withoutCommands(pieces: Iterable<string>, token: string): IterableIterator<string> {
  yield `::stop-commands::${token}\n`;
  yield* pieces;
  yield `\n::${token}::\n`;
}

/** Lines of the body are joined with line breaks, which the command carries escaped. */
function annotation(
  command: string,
  properties: Readonly<Record<string, string>>,
  body: readonly string[],
): string {
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  return `::${command} ${listed.join(",")}::${escapeData(body.map(printable).join("\n"))}\n`;
}

/** As toCommandValue of GitHub's toolkit does: a command ends with its line. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(printable(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
