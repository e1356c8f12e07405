import { REPORT_VERSION } from "./json.js";
import { printableJson } from "./printable.js";
import type { Report } from "./report.js";
import { verdictOf } from "./verdict.js";

/**
 * The report as JSON Lines, an object a line with its `type`: first `run`, then a `capture`, `finding` or `server` each.
 * Members are those of the JSON report.
 */
export function* jsonLines(report: Report): IterableIterator<string> {
  const { captures, findings, servers, ...run } = report;
  const line = (type: string, members: object): string => `${printableJson({ type, ...members })}\n`;
  yield line("run", { reportVersion: REPORT_VERSION, verdict: verdictOf(report), ...run });
  for (const capture of captures) yield line("capture", capture);
  for (const finding of findings) yield line("finding", finding);
  for (const server of servers) yield line("server", server);
}
