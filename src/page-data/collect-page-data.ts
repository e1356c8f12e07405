import { existsSync, readFileSync } from "node:fs";
import type { PageData, RulePage } from "../report/html/page-data.js";
import type { Report } from "../report/report.js";
import { readDrawnFlows } from "./drawn-flows.js";
import { readFlowColumns } from "./flow-columns.js";
import { readRecordings } from "./recordings.js";
import type { TableReader } from "./table-reader.js";

/** What the HTML report shows of a run whose database holds everything; flows are read while the page is written. */
export function collectPageData(reader: TableReader, report: Report): PageData {
  const { recordings, total } = readRecordings(reader);
  return {
    report,
    rulePages: readRulePages(report),
    recordings,
    recordingsTotal: total,
    flows: readFlowColumns(reader),
    drawnFlows: readDrawnFlows(reader),
  };
}

/** Pages of the rules that found something. Rules that others wrote have none here. */
function readRulePages(report: Report): RulePage[] {
  const found = new Set(report.findings.map(({ ruleId }) => ruleId));
  return report.rules
    .filter(({ id }) => found.has(id) && /^[a-z0-9-]+$/.test(id))
    .map(({ id, docs }) => ({ id, url: new URL(`../../${docs}`, import.meta.url) }))
    .filter(({ url }) => existsSync(url))
    .map(({ id, url }) => ({ id, markdown: readFileSync(url, "utf8") }));
}
