import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { analyze } from "../../src/analyze.js";
import { openDatabase } from "../../src/store/open-database.js";

/**
 * What a run over a capture says, as text that changes only when a verdict does: no paths, no wall-clock times.
 * Findings with all their flows and evidence, what became of the flows, what was not understood.
 */
export async function summarizeCapture(path: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tcptrace-analyze-test-"));
  try {
    const database = join(folder, "run.db");
    const report = await analyze({ paths: [path], database });
    const [capture] = report.captures;
    const lines = [
      `${capture!.frames} frames, ${capture!.tcpFrames} TCP, ${capture!.truncatedFrames} cut, ${report.flows} flows`,
      ...capture!.notTcp.map(({ name, frames }) => `not TCP: ${name} ${frames}`),
      "",
    ];
    const open = openDatabase(database);
    for (const finding of report.findings) {
      lines.push(
        `${finding.severity} ${finding.ruleId} ${finding.confidence} ${finding.vantage}`,
        `  ${finding.message}`,
      );
      const flows = open.selectAll(
        "SELECT client, server FROM finding_flows WHERE finding_id = :id ORDER BY flow_id",
        {
          id: finding.id,
        },
      );
      for (const { client, server } of flows) lines.push(`  flow ${client} -> ${server}`);
      for (const { role, frame, packet } of finding.evidence)
        lines.push(`  ${role}: frame ${frame} ${packet}`);
      for (const alternative of finding.alternatives) lines.push(`  or: ${alternative}`);
      lines.push("");
    }
    const states = open.selectAll(
      `SELECT server, state, history, count(*) AS flows, sum(client_retransmits) AS client_retransmits,
        sum(server_retransmits) AS server_retransmits, sum(client_copies + server_copies) AS copies
       FROM flows JOIN flow_endpoints ON flow_id = id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    );
    for (const row of states) {
      lines.push(
        `${row["server"]} ${row["state"]} ${row["history"]}: ${row["flows"]} flows, ` +
          `${row["client_retransmits"]} + ${row["server_retransmits"]} retransmitted, ${row["copies"]} copies`,
      );
    }
    open.close();
    return `${lines.join("\n")}\n`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
