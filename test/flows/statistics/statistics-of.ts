import { createStatisticsRow, fillStatisticsRow } from "../../../src/store/fill-statistics-row.js";
import type { StatisticsRow } from "../../../src/store/statistics-rows.js";
import { trackScript } from "../../support/track-script.js";

/** What both ends of a script's only connection sent; undefined for an end that sent nothing. */
export interface ScriptStatistics {
  readonly client: StatisticsRow | undefined;
  readonly server: StatisticsRow | undefined;
}

/** The statistics of a script in packet notation. `endNs`: when the capture ends. */
export async function statisticsOf(text: string, endNs = 0): Promise<ScriptStatistics> {
  let client: StatisticsRow | undefined;
  let server: StatisticsRow | undefined;
  await trackScript(text, {}, (flow) => {
    const rows = [createStatisticsRow(), createStatisticsRow()] as const;
    if (fillStatisticsRow(rows[0], flow, "client", endNs)) client = rows[0];
    if (fillStatisticsRow(rows[1], flow, "server", endNs)) server = rows[1];
  });
  return { client, server };
}
