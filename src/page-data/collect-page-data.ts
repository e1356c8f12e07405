import type { PageData } from "../report/html/page-data.js";
import type { Report } from "../report/report.js";
import { readDrawnFlows } from "./drawn-flows.js";
import { readFlowColumns } from "./flow-columns.js";
import { readRecordings } from "./recordings.js";
import type { TableReader } from "./table-reader.js";

/**
 * What the HTML report shows of a run whose database holds everything; flows are read while the page is written.
 * @param readRulePage the page of a rule, Markdown; null when it has none
 */
export function collectPageData(
  reader: TableReader,
  report: Report,
  readRulePage: (ruleId: string) => string | null,
): PageData {
  const { recordings, total } = readRecordings(reader);
  const ruleIds = [...new Set(report.findings.map(({ ruleId }) => ruleId))];
  return {
    report,
    rulePages: ruleIds.flatMap((id) => {
      const markdown = readRulePage(id);
      return markdown === null ? [] : [{ id, markdown }];
    }),
    recordings,
    recordingsTotal: total,
    flows: readFlowColumns(reader),
    drawnFlows: readDrawnFlows(reader),
  };
}
