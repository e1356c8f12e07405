import { FlowTable } from "../../../src/flows/flow-table.js";
import { FlowStatistics } from "../../../src/flows/statistics/flow-statistics.js";
import { createStatisticsRecord } from "../../../src/flows/statistics/statistics-record.js";
import { createStatisticsRow, fillStatisticsRow } from "../../../src/store/fill-statistics-row.js";
import type { StatisticsRow } from "../../../src/store/statistics-rows.js";
import { segmentsOf } from "../../support/script-segments.js";

/** What both ends of a script's only connection sent; undefined for an end that sent nothing. */
export interface ScriptStatistics {
  readonly client: StatisticsRow | undefined;
  readonly server: StatisticsRow | undefined;
}

/** The statistics of a script in packet notation. `endNs`: when the capture ends. */
export function statisticsOf(text: string, endNs = 0): ScriptStatistics {
  const batch = segmentsOf(text, { clientIsn: 1000, serverIsn: 0xfffffff5 });
  const table = new FlowTable();
  table.track(batch, 1, 0, () => {});
  table.close();
  const statistics = new FlowStatistics();
  statistics.noteBatch(batch);
  const record = createStatisticsRecord();
  statistics.seek(record, 1);
  const [client, server] = (["client", "server"] as const).map((sender) => {
    const row = createStatisticsRow();
    return fillStatisticsRow(row, record, sender, endNs) ? row : undefined;
  });
  statistics.close();
  return { client, server };
}
